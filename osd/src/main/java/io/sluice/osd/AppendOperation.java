package io.sluice.osd;

import io.sluice.protocol.OsdOp;

/** Writes bytes at the end. */
final class AppendOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    int checked = WriteLimits.check(context.size(), step.extent().length(), step);
    if (checked < 0) {
      return checked;
    }
    context.claimWrite(context.size(), context.claimPayload());
    return 0;
  }
}
