package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import java.util.Arrays;

/**
 * Fills a range with copies of the bytes given; its arguments are {@code le64 offset | le64 length
 * | le64 length of the bytes}. (ceph: CEPH_OSD_OP_WRITESAME)
 */
final class WriteSameOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.Extent range = step.extent();
    long unit = range.truncateSize();
    if (range.length() == 0) {
      return 0;
    }
    if (unit <= 0 || unit != step.dataLength() || range.length() % unit != 0) {
      return Errno.EINVAL.result();
    }
    int checked = WriteLimits.checkRange(range.offset(), range.length());
    if (checked < 0 || range.length() > Limits.WRITE_OP_BYTES) {
      return Errno.EFBIG.result();
    }
    byte[] all = Arrays.copyOf(step.data(), (int) range.length());
    for (int at = (int) unit; at < all.length; at += (int) unit) {
      System.arraycopy(all, 0, all, at, (int) unit);
    }
    context.claimWrite(range.offset(), Payload.of(BufferList.wrap(all)));
    return 0;
  }
}
