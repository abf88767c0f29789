package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdOp;
import java.nio.ByteBuffer;

/**
 * Fills a range with copies of the bytes given; its arguments are {@code le64 offset | le64 length
 * | le64 length of the bytes}. In memory there is one block of copies, which the range repeats.
 * (ceph: CEPH_OSD_OP_WRITESAME)
 */
final class WriteSameOperation implements Operation {
  /** As large as pieces of payload are anywhere else. */
  static final int BLOCK_BYTES = 1 << 20;

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
    if (checked < 0) {
      return Errno.EFBIG.result();
    }
    try (BufferList block = block(context.claimPayload().bytes(), range.length())) {
      context.claimWrite(range.offset(), Payload.of(filled(block, range.length())));
    }
    return 0;
  }

  /**
   * True where the bytes that an operation brings, with those that its steps of this kind make of
   * them, are more than one operation may write.
   */
  static boolean exceeds(MOSDOp request) {
    boolean any = false;
    long sum = 0;
    for (OsdOp step : request.ops()) {
      boolean same = step.code() == OpCode.WRITE_SAME;
      any |= same;
      long length = same ? Math.max(0, step.extent().length()) : 0;
      sum += Math.max(step.dataLength(), Math.min(length, Limits.OBJECT_BYTES));
    }
    return any && sum > Limits.WRITE_OP_BYTES;
  }

  /** As many copies as make up a block, or as the range takes. */
  private static BufferList block(BufferList unit, long length) {
    long copies = Math.min(BLOCK_BYTES, length) / unit.length();
    if (copies <= 1) {
      return unit;
    }
    try (unit) {
      byte[] bytes = new byte[(int) (copies * unit.length())];
      int filled = (int) unit.length();
      unit.look(Inspection.DECODE).copyTo(0, ByteBuffer.wrap(bytes, 0, filled));
      while (filled < bytes.length) {
        int count = Math.min(filled, bytes.length - filled);
        System.arraycopy(bytes, 0, bytes, filled, count);
        filled += count;
      }
      return BufferList.wrap(bytes);
    }
  }

  private static BufferList filled(BufferList block, long length) {
    BufferList all = new BufferList();
    for (long left = length; left > 0; left -= block.length()) {
      try (BufferList part = block.slice(0, Math.min(left, block.length()))) {
        all.claimAppend(part);
      }
    }
    return all;
  }
}
