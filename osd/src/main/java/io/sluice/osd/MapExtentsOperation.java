package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import java.util.List;

/**
 * Where in a range bytes were written: {@code le32 n, n x {le64 offset | le64 length}}. What was
 * zeroed, or came with growing, is not among them. As in Ceph, a length of 0 asks for nothing.
 */
final class MapExtentsOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    List<ObjectStore.Range> runs = runs(context, step.extent());
    context.output(step.withData(encode(runs, new Encoder(16)).toByteArray()));
    return 0;
  }

  /** Of an unsigned range: {@code rados mapext} asks for 2^64 - 1 bytes. */
  static List<ObjectStore.Range> runs(OpContext context, OpArgs.Extent asked) {
    long end = context.before() == null ? 0 : context.before().size();
    if (asked.length() == 0 || Long.compareUnsigned(asked.offset(), end) >= 0) {
      return List.of();
    }
    long left = end - asked.offset();
    long length = Long.compareUnsigned(asked.length(), left) > 0 ? left : asked.length();
    return context.store().extents(context.object(), asked.offset(), length);
  }

  static Encoder encode(List<ObjectStore.Range> runs, Encoder to) {
    to.le32(runs.size());
    runs.forEach(run -> to.le64(run.offset()).le64(run.length()));
    return to;
  }
}
