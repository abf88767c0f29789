package io.sluice.osd;

import io.sluice.protocol.OsdOp;

/** The omap header; empty when none was set. */
final class OmapGetHeaderOperation implements Operation {
  private static final byte[] NONE = {};

  @Override
  public int apply(OpContext context, OsdOp step) {
    return SingleAttribute.give(
        context,
        () -> context.store().attr(context.object(), Xattrs.OMAP_HEADER).orElse(NONE),
        step::withData);
  }
}
