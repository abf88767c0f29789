package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;

/** Bounds of byte ranges that clients name. */
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
}
