package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.MPoolOp;
import io.sluice.protocol.OsdMapBuilder;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolSnaps;

/**
 * What snapshots of pools do to the state. A pool's snapshots are either named, or its clients keep
 * their own account of numbers; the first one decides. (ceph: OSDMonitor::prepare_pool_op)
 */
final class SnapRules {
  private static final int NAME_MAX = 255;

  private SnapRules() {}

  static Change.Applied apply(MonState state, Change.ChangeSnap change) {
    PoolInfo pool = state.exists() ? state.osdMap().pool(change.pool()) : null;
    if (pool == null) {
      return ClusterRules.refused(state, Errno.ENOENT, "pool " + change.pool() + " does not exist");
    }
    boolean named = change.op() == MPoolOp.CREATE_SNAP || change.op() == MPoolOp.DELETE_SNAP;
    long other = named ? PoolInfo.SELFMANAGED_SNAPS : PoolInfo.POOL_SNAPS;
    if ((pool.flags() & other) != 0) {
      String mode = named ? "unmanaged" : "pool";
      return ClusterRules.refused(
          state, Errno.EINVAL, "pool " + pool.name() + " is in " + mode + " snaps mode");
    }
    return switch (change.op()) {
      case MPoolOp.CREATE_SNAP -> create(state, pool, change);
      case MPoolOp.DELETE_SNAP -> remove(state, pool, change);
      case MPoolOp.CREATE_UNMANAGED_SNAP -> number(state, pool, change);
      case MPoolOp.DELETE_UNMANAGED_SNAP -> removeNumber(state, pool, change);
      default -> ClusterRules.refused(state, Errno.EINVAL, "pool operation " + change.op());
    };
  }

  private static String words(PoolInfo pool, Change.ChangeSnap change) {
    return "pool " + pool.name() + " snap " + change.name();
  }

  private static Change.Applied create(MonState state, PoolInfo pool, Change.ChangeSnap change) {
    if (change.name().isEmpty() || change.name().length() > NAME_MAX) {
      return ClusterRules.refused(
          state, Errno.EINVAL, "snapshot name must be 1 to " + NAME_MAX + " characters");
    }
    if (pool.snaps().find(change.name()) != null) {
      return ClusterRules.unchanged(state, words(pool, change) + " already exists");
    }
    OsdMapBuilder next = state.osdMap().next(change.now()).addSnap(pool.id(), change.name());
    long id = pool.snaps().seq() + 1;
    return ClusterRules.changed(state.withNext(next), "created " + words(pool, change), id);
  }

  private static Change.Applied remove(MonState state, PoolInfo pool, Change.ChangeSnap change) {
    PoolSnaps.Snap snap = pool.snaps().find(change.name());
    if (snap == null) {
      return ClusterRules.unchanged(state, words(pool, change) + " does not exist");
    }
    OsdMapBuilder next = state.osdMap().next(change.now()).removeSnap(pool.id(), snap.id());
    return ClusterRules.changed(state.withNext(next), "removed " + words(pool, change), snap.id());
  }

  private static Change.Applied number(MonState state, PoolInfo pool, Change.ChangeSnap change) {
    OsdMapBuilder next = state.osdMap().next(change.now());
    long id = next.numberSnap(pool.id());
    return ClusterRules.changed(state.withNext(next), "", id);
  }

  private static Change.Applied removeNumber(
      MonState state, PoolInfo pool, Change.ChangeSnap change) {
    long snap = change.snap();
    boolean gone =
        state.osdMap().removedSnaps(pool.id()).stream().anyMatch(run -> run.contains(snap));
    if (gone) {
      return ClusterRules.unchanged(state, "");
    }
    if (snap <= 0 || snap > pool.snaps().seq()) {
      return ClusterRules.refused(state, Errno.ENOENT, "no snapshot " + snap);
    }
    OsdMapBuilder next = state.osdMap().next(change.now()).removeSnap(pool.id(), snap);
    return ClusterRules.changed(state.withNext(next), "", snap);
  }
}
