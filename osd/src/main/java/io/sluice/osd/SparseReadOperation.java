package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;

/**
 * Reads bytes with a map of where there are any; ours is always one extent.
 *
 * <pre>
 * le32 n, n x {le64 offset | le64 length} | le32 length | bytes
 * </pre>
 */
final class SparseReadOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (context.before() == null) {
      return Errno.ENOENT.result();
    }
    OpArgs.Extent asked = step.extent();
    if (asked.offset() < 0 || asked.length() < 0) {
      return Errno.EINVAL.result();
    }
    long length = Math.min(asked.length(), Math.max(0, context.before().size() - asked.offset()));
    if (length == 0) {
      context.output(step.withData(new Encoder(16).le32(0).le32(0).toByteArray()));
      return 0;
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
    int count = Math.toIntExact(bytes.length());
    Encoder to = new Encoder(count + 32);
    to.le32(1).le64(step.extent().offset()).le64(count);
    try (bytes) {
      to.blob(context.store().inspect(bytes, Inspection.READ_REPLY));
    }
    context.output(step.withData(to.toByteArray()));
    return 0;
  }
}
