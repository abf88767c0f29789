package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import java.util.Arrays;

/**
 * A guard: goes on when the bytes given are those stored from an offset on, where everything beyond
 * the end reads as zeros. A mismatch ends the operation with {@code -4095 - index}, the place in
 * the given bytes. (ceph: CEPH_OSD_OP_CMPEXT)
 */
final class CompareExtentOperation implements Operation {
  private static final int MAX_ERRNO = 4095;

  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.Extent asked = step.extent();
    int checked = WriteLimits.check(asked.offset(), asked.length(), step);
    if (checked < 0) {
      return checked;
    }
    long stored = context.before() == null ? 0 : context.before().size();
    long length = Math.min(asked.length(), Math.max(0, stored - asked.offset()));
    if (length == 0) {
      return compare(step.data(), new byte[0]);
    }
    context
        .store()
        .read(
            context.object(),
            asked.offset(),
            length,
            (bytes, result) -> context.resume(arrived(context, step, bytes, result)));
    return OpContext.PENDING;
  }

  private static int arrived(OpContext context, OsdOp step, BufferList bytes, int result) {
    if (result < 0) {
      return result;
    }
    try (bytes) {
      return compare(step.data(), context.store().inspect(bytes, Inspection.READ_REPLY));
    }
  }

  private static int compare(byte[] given, byte[] stored) {
    int index = Arrays.mismatch(given, Arrays.copyOf(stored, given.length));
    return index < 0 ? 0 : -MAX_ERRNO - index;
  }
}
