package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.UTime;

/**
 * Small changes to the OSD map that need a name and a number: one kind of log entry for all of
 * them.
 *
 * <p>The ordinals are in the log: new ones go to the end.
 */
enum MapEdit {
  SET_FLAGS,
  AFFINITY,
  RENAME_POOL,
  UNTAG_POOL;

  Change.Applied apply(MonState state, String name, String value, UTime now) {
    if (!state.exists()) {
      return ClusterRules.noCluster(state);
    }
    OsdMap map = state.osdMap();
    OsdMapBuilder next = map.next(now);
    int epoch = state.epoch() + 1;
    try {
      switch (this) {
        case SET_FLAGS -> next.flags(Integer.parseInt(value));
        case AFFINITY -> {
          int osd = Integer.parseInt(name);
          if (!map.exists(osd)) {
            return ClusterRules.refused(state, Errno.ENOENT, "osd." + osd + " does not exist");
          }
          next.primaryAffinity(osd, bounded(Integer.parseInt(value)));
        }
        case RENAME_POOL -> {
          if (map.findPool(value).isPresent()) {
            return ClusterRules.refused(state, Errno.EEXIST, "pool '" + value + "' already exists");
          }
          next.changePool(pool(map, name).withName(value, epoch));
        }
        case UNTAG_POOL -> next.changePool(pool(map, name).withoutApplication(value, epoch));
        default -> throw new IllegalStateException("no rule for " + this);
      }
    } catch (IllegalArgumentException e) {
      return ClusterRules.refused(
          state, Errno.EINVAL, this + " of '" + name + "': " + e.getMessage());
    }
    return ClusterRules.changed(state.withNext(next), "", 0);
  }

  private static int bounded(int share) {
    if (share < 0 || share > OsdEntry.IN) {
      throw new IllegalArgumentException(share + " is not in 0.." + OsdEntry.IN);
    }
    return share;
  }

  private static PoolInfo pool(OsdMap map, String name) {
    return map.findPool(name)
        .orElseThrow(() -> new IllegalArgumentException("there is no such pool"));
  }
}
