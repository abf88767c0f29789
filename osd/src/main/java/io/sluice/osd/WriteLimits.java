package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PoolInfo;

/** Bounds of what clients write: of ranges that they name, and of pools. */
final class WriteLimits {
  private WriteLimits() {}

  /**
   * EINVAL when the step brings another number of bytes than it says; else as {@link #checkRange}.
   */
  static int check(long offset, long length, OsdOp step) {
    return length != step.dataLength() ? Errno.EINVAL.result() : checkRange(offset, length);
  }

  /** EFBIG when the range goes beyond the largest object. (ceph: check_offset_and_length) */
  static int checkRange(long offset, long length) {
    boolean inside =
        offset >= 0
            && length >= 0
            && offset < Limits.OBJECT_BYTES
            && length <= Limits.OBJECT_BYTES - offset;
    return inside ? 0 : Errno.EFBIG.result();
  }

  /**
   * A full pool takes nothing that makes it fuller: who only tries gets EDQUOT, or ENOSPC; who
   * writes EAGAIN, and with the map that came before it they know that they have to wait. A method
   * may write although its client has said no such thing: that client would not wait, but ask again
   * at once, and gets EDQUOT, too. (ceph: PrimaryLogPG::prepare_transaction, which answers neither;
   * Objecter::target_should_be_paused)
   */
  static int checkPool(OpContext context, PoolInfo pool) {
    MOSDOp request = context.op().request();
    boolean full = pool != null && (pool.flags() & PoolInfo.FULL) != 0;
    if (!full || !context.grows() || request.has(OpFlags.FULL_FORCE)) {
      return 0;
    }
    if (request.has(OpFlags.WRITE) && !request.has(OpFlags.FULL_TRY)) {
      return Errno.EAGAIN.result();
    }
    boolean quota = (pool.flags() & PoolInfo.FULL_QUOTA) != 0;
    return quota ? Errno.EDQUOT.result() : Errno.ENOSPC.result();
  }
}
