package io.sluice.osd;

import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.SnapContext;
import io.sluice.protocol.SnapInterval;
import io.sluice.types.ObjectId;
import java.util.List;

/**
 * The object that an operation is about, at the snapshot that it is about, as committed.
 *
 * @param object where it is stored: head or clone
 * @param stored what is kept with it; null when it is not there
 * @param snaps of the head
 * @param context the snapshots that a write preserves
 */
record Snapped(ObjectId object, ObjectInfo stored, SnapSet snaps, SnapContext context) {

  static Snapped of(PlacementGroup group, MOSDOp request) {
    ObjectId head = request.object().toHead();
    PgObjects objects = group.store().objects();
    ObjectInfo info = objects.info(head).orElse(null);
    SnapSet snaps = info == null ? SnapSet.EMPTY : objects.snaps(head);
    SnapContext context = context(group, request);
    long snap = request.snapId();
    if (snap == ObjectId.HEAD || snap == ObjectId.SNAPDIR) {
      return new Snapped(head, info, snaps, context);
    }
    long at = snaps.at(snap);
    ObjectId object = head.withSnap(at);
    ObjectInfo found =
        at == 0 ? null : at == ObjectId.HEAD ? info : objects.info(object).orElse(null);
    return new Snapped(object, found, snaps, context);
  }

  private static SnapContext context(PlacementGroup group, MOSDOp request) {
    PoolInfo pool = group.view().pool(group.id());
    boolean named = (pool.flags() & PoolInfo.POOL_SNAPS) != 0;
    if (named && !request.has(OpFlags.ENFORCE_SNAP_CONTEXT)) {
      return pool.snaps().context();
    }
    SnapContext given = request.snaps();
    if (given.snaps().isEmpty()) {
      return given;
    }
    List<SnapInterval> removed = group.view().map().removedSnaps(pool.id());
    return new SnapContext(
        given.sequence(),
        given.snaps().stream()
            .filter(s -> removed.stream().noneMatch(run -> run.contains(s)))
            .toList());
  }

  /** The object as users see it; null when they see none. */
  ObjectInfo visible() {
    return stored == null || stored.whiteout() ? null : stored;
  }

  /** What a write that changes those bytes leaves of snapshots. */
  SnapSet.Written written(Ranges changed) {
    return snaps.written(visible() == null ? -1 : visible().size(), context, changed);
  }

  /** True when the writer knows of fewer snapshots than somebody before. */
  boolean isLate() {
    return Long.compareUnsigned(context.sequence(), snaps.seq()) < 0;
  }
}
