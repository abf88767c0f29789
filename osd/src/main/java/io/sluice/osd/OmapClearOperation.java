package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;

/** Removes all keys and the header. */
final class OmapClearOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    context.change(new RepChange.OmapClear());
    context.change(new RepChange.RemoveAttr(Xattrs.OMAP_HEADER));
    return 0;
  }
}
