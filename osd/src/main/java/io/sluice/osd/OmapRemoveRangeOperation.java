package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;

/** Removes the keys from one on up to but without another: {@code string first | string end}. */
final class OmapRemoveRangeOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    Decoder from = step.reader();
    context.change(new RepChange.OmapRemoveRange(from.blob(), from.blob()));
    return 0;
  }
}
