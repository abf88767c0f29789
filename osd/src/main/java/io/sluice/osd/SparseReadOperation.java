package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import java.util.List;

/**
 * Reads the bytes of a range that were written, with a map of where they belong.
 *
 * <pre>
 * le32 n, n x {le64 offset | le64 length} | le32 length | the runs' bytes, end to end
 * </pre>
 */
final class SparseReadOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (context.before() == null) {
      return Errno.ENOENT.result();
    }
    List<ObjectStore.Range> runs = MapExtentsOperation.runs(context, step.extent());
    if (runs.isEmpty()) {
      context.output(
          ReadOperation.found(step, 0).withData(new Encoder(8).le32(0).le32(0).toByteArray()));
      return 0;
    }
    // Nobody changes the object between the two looks: both are asked for on the group's loop.
    context
        .store()
        .read(
            context.object(),
            runs,
            (bytes, result) -> context.resume(arrived(context, step, runs, bytes, result)));
    return OpContext.PENDING;
  }

  private static int arrived(
      OpContext context, OsdOp step, List<ObjectStore.Range> runs, BufferList bytes, int result) {
    if (result < 0) {
      return result;
    }
    try (bytes) {
      Encoder to = new Encoder(Math.toIntExact(bytes.length()) + 16 * runs.size() + 8);
      MapExtentsOperation.encode(runs, to);
      to.blob(context.store().inspect(bytes, Inspection.READ_REPLY));
      context.output(ReadOperation.found(step, bytes.length()).withData(to.toByteArray()));
    }
    return 0;
  }
}
