package io.sluice.osd;

import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;

/** Writes bytes at an offset; a gap before them reads as zeros. */
final class WriteOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.Extent extent = step.extent();
    int checked = WriteLimits.check(extent.offset(), extent.length(), step);
    if (checked < 0) {
      return checked;
    }
    context.create();
    if (extent.length() == 0 && extent.offset() > context.size()) {
      context.truncate(extent.offset());
    }
    context.claimWrite(extent.offset(), context.claimPayload());
    return 0;
  }
}
