package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;

/** Sets keys, {@code le32 n, n x {string | blob}}, creating the object when absent. */
final class OmapSetOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    Decoder from = step.reader();
    int count = from.count(8);
    if (!context.mayChange(count)) {
      return Errno.EMSGSIZE.result();
    }
    context.create();
    for (int i = 0; i < count; i++) {
      context.change(new RepChange.OmapSet(from.blob(), from.blob()));
    }
    return 0;
  }
}
