package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import io.sluice.types.ObjectId;

/**
 * Makes the object what it was at a snapshot; where there was none, there is none afterwards.
 * (ceph: CEPH_OSD_OP_ROLLBACK)
 */
final class RollbackOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    long clone = context.snapped().snaps().at(step.argument(OpArgs.Snap.class).snapId());
    if (clone == ObjectId.HEAD && context.before() != null) {
      context.change(new RepChange.Touch()); // unchanged, but a write all the same
      return 0;
    }
    boolean watched = !context.group().watchers().of(context.object()).isEmpty();
    if (clone == ObjectId.HEAD || clone == 0) {
      if (watched) {
        return Errno.EBUSY.result();
      }
      if (context.exists()) {
        context.remove();
      }
      return 0;
    }
    context.rollBack(clone);
    if (watched) {
      context.change(Watchers.change(context.group().watchers().of(context.object())));
    }
    return 0;
  }
}
