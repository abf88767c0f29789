package io.sluice.osd;

import io.sluice.protocol.OsdOp;

/** Replaces the whole content. */
final class WriteFullOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    int checked = WriteLimits.check(0, step.extent().length(), step);
    if (checked < 0) {
      return checked;
    }
    if (context.exists() && context.size() > 0) {
      context.truncate(0);
    }
    context.claimWrite(0, context.claimPayload());
    return 0;
  }
}
