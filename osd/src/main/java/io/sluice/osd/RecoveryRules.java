package io.sluice.osd;

import io.sluice.protocol.FullRatios;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PeerPgInfo;
import io.sluice.protocol.PeerReport;
import io.sluice.protocol.PoolInfo;

/**
 * What may be copied to members that are not current, as flags of the map say.
 *
 * <pre>
 * norecover    nothing
 * nobackfill   nothing to members that miss more than the group's log still tells
 * norebalance  the same, while the group has all its copies
 * </pre>
 *
 * <p>All members are brought up to date in the same way here; Ceph calls the first recovery, those
 * of the last two backfill. (ceph: PrimaryLogPG::start_recovery_ops, PeeringState::activate)
 */
final class RecoveryRules {
  private static final int FLAGS = OsdMap.NORECOVER | OsdMap.NOBACKFILL | OsdMap.NOREBALANCE;

  private RecoveryRules() {}

  static boolean differ(OsdMap one, OsdMap other) {
    return ((one.flags() ^ other.flags()) & FLAGS) != 0;
  }

  static boolean mayRecover(OsdMap map) {
    return (map.flags() & OsdMap.NORECOVER) == 0;
  }

  /** Whether that member of a group may be brought up to date. */
  static boolean mayCopy(PlacementGroup group, PeerPgInfo member) {
    ClusterView view = group.view();
    PoolInfo pool = view.pool(group.id());
    boolean whole = pool != null && group.entry().acting().size() >= pool.size();
    int forbidding = OsdMap.NOBACKFILL | (whole ? OsdMap.NOREBALANCE : 0);
    return isTold(group, member) || (view.map().flags() & forbidding) == 0;
  }

  /** Whether the group's log still tells all that this member misses. */
  static boolean isTold(PlacementGroup group, PeerPgInfo member) {
    return member.lastUpdate().compareTo(group.store().log().tail()) >= 0;
  }

  /**
   * Whether that member's store may take copies: up to the map's ratio backfillfull, or to full for
   * what the log tells. (ceph: OSDMap::check_full, OSDService::check_backfill_full)
   */
  static boolean hasRoom(PlacementGroup group, PeerReport member) {
    FullRatios ratios = group.view().map().fullRatios();
    boolean told = isTold(group, member.info());
    return member.room().usedPermille()
        < (told ? ratios.fullPermille() : ratios.backfillfullPermille());
  }
}
