package io.sluice.osd;

import io.sluice.protocol.OsdOp;

/** The omap header; empty when none was set. */
final class OmapGetHeaderOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    byte[] header = context.store().attr(context.object(), Xattrs.OMAP_HEADER).orElse(new byte[0]);
    context.output(step.withData(header));
    return 0;
  }
}
