package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;

/** Sets the omap header, creating the object when absent. */
final class OmapSetHeaderOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (step.dataLength() > Limits.XATTR_VALUE_BYTES) {
      return Errno.EFBIG.result();
    }
    context.create();
    context.change(new RepChange.SetAttr(Xattrs.OMAP_HEADER, step.data()));
    return 0;
  }
}
