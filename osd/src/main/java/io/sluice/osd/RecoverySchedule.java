package io.sluice.osd;

import io.sluice.protocol.PeerQuery;
import io.sluice.types.EVersion;
import io.sluice.types.Loop;
import java.util.Set;
import java.util.TreeSet;

/**
 * When members that are stale are brought up to date, and when again after that has failed.
 *
 * <p><b>Threads:</b> the group's loop; {@link #hindrance} any.
 */
final class RecoverySchedule {
  private static final long AGAIN_NANOS = 500_000_000L;

  /** 32 s: who has no room gets it from a person. (ceph: osd_recovery_retry_interval, 30 s) */
  private static final int DOUBLINGS = 6;

  /** What a group that was refused room says of itself. (ceph: PG_STATE_RECOVERY_TOOFULL) */
  static final String RECOVERY_TOO_FULL = "recovery_toofull";

  /** The same of members that it fills from nothing, or nearly so. */
  static final String BACKFILL_TOO_FULL = "backfill_toofull";

  private final PlacementGroup group;
  private final PgServices services;
  private volatile String hindrance = "";
  private Recovery running;
  private Loop.Timer again;
  private int failures;
  private EVersion thinnedAt;

  RecoverySchedule(PlacementGroup group, PgServices services) {
    this.group = group;
    this.services = services;
  }

  /** Null when none runs. */
  Recovery running() {
    return running;
  }

  /** Begins, where a member is stale, none runs and the map allows it. */
  void start() {
    Set<Integer> stale = new TreeSet<>(group.entry().up());
    stale.removeAll(group.entry().current());
    stale.remove(services.whoami());
    if (!stale.isEmpty() && running == null && RecoveryRules.mayRecover(group.view().map())) {
      running = new Recovery(group, services, stale);
      running.start();
    }
  }

  /** Until somebody begins another. */
  void end() {
    if (again != null) {
      again.cancel();
      again = null;
    }
    if (running != null) {
      running.cancel();
      running = null;
    }
  }

  /** It will be tried again, from the beginning, each time after a longer pause. */
  void fail() {
    end();
    long pause = AGAIN_NANOS << Math.min(failures++, DOUBLINGS);
    again = group.loop().schedule(pause, group.machine()::recoverAgain);
  }

  /** Another interval, or other flags of the map: what failed before says nothing. */
  void reset() {
    end();
    failures = 0;
    thinnedAt = null;
    hindrance = "";
  }

  /**
   * Other flags of the map. Those who were sent something, and get no more of it now, drop what
   * they have of objects that are not whole.
   */
  void rulesChanged() {
    Set<Integer> left = running == null ? Set.of() : running.targets();
    reset();
    start();
    if (running == null) {
      for (int osd : left) {
        PeerQuery query = new PeerQuery(group.beginRound(osd), EVersion.ZERO);
        services.peers().send(osd, query.toEnvelope());
      }
    }
  }

  /** Says why members stay stale, in one of Ceph's words; none: nothing is known against them. */
  void hinder(String word) {
    hindrance = word;
  }

  /**
   * True when objects may be gone since members without room were last relieved of what is gone.
   */
  boolean thinsAgain() {
    EVersion head = group.store().log().head();
    boolean again = !head.equals(thinnedAt);
    thinnedAt = head;
    return again;
  }

  String hindrance() {
    return hindrance;
  }
}
