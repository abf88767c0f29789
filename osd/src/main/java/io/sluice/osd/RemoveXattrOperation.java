package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;

/** Removes one attribute; that it is absent is no error. */
final class RemoveXattrOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    context.change(new RepChange.RemoveAttr(Xattrs.stored(step.attrName())));
    return 0;
  }
}
