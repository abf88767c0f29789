package io.sluice.osd;

import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;

/** Makes a range read as zeros; one that reaches the end cuts the object there, as Ceph does. */
final class ZeroOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.Extent range = step.extent();
    int checked = WriteLimits.checkRange(range.offset(), range.length());
    if (checked < 0) {
      return checked;
    }
    if (!context.exists() || range.offset() >= context.size() || range.length() == 0) {
      return 0;
    }
    if (range.offset() + range.length() >= context.size()) {
      context.truncate(range.offset());
    } else {
      context.zero(range.offset(), range.length());
    }
    return 0;
  }
}
