package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;

/**
 * Where in a range there are bytes; ours is always one extent: {@code le32 n, n x {le64 offset |
 * le64 length}}.
 */
final class MapExtentsOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.Extent asked = step.extent();
    long left = Math.max(0, context.size() - asked.offset());
    long length = asked.length() <= 0 ? left : Math.min(asked.length(), left);
    Encoder to = new Encoder(32);
    if (length == 0) {
      to.le32(0);
    } else {
      to.le32(1).le64(asked.offset()).le64(length);
    }
    context.output(step.withData(to.toByteArray()));
    return 0;
  }
}
