package io.sluice.osd;

import io.sluice.protocol.OsdOp;

/** A hint of the sizes to come: the object exists from here on, the sizes are not made use of. */
final class AllocHintOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    context.create();
    return 0;
  }
}
