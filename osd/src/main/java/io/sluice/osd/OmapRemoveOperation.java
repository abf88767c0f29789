package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;

/** Removes keys, {@code le32 n, n x string}. */
final class OmapRemoveOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    if (!context.mayChange(step.reader().count(4))) {
      return Errno.EMSGSIZE.result();
    }
    step.reader().list(Decoder::blob).forEach(key -> context.change(new RepChange.OmapRemove(key)));
    return 0;
  }
}
