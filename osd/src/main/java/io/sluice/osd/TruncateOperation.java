package io.sluice.osd;

import io.sluice.protocol.OsdOp;

/**
 * Cuts the object at an offset, or lets it grow to there with zeros; nothing when there is no
 * object.
 */
final class TruncateOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (!context.exists()) {
      return 0;
    }
    long size = step.extent().offset();
    int checked = WriteLimits.checkRange(size, 0);
    if (checked < 0) {
      return checked;
    }
    context.truncate(size);
    return 0;
  }
}
