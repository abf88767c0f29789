package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OsdOp;

/** All attributes: {@code le32 n, n x {string name | blob value}}. */
final class GetXattrsOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    Encoder to = new Encoder();
    to.list(
        Xattrs.all(context).entrySet(),
        (out, attr) -> out.string(attr.getKey()).blob(attr.getValue()));
    context.output(step.withData(to.toByteArray()));
    return 0;
  }
}
