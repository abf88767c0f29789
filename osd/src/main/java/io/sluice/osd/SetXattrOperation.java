package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;

/** Sets one attribute, creating the object when absent. */
final class SetXattrOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    OpArgs.Attr lengths = step.attr();
    if (lengths.nameLength() > Limits.XATTR_NAME_BYTES) {
      return Errno.ENAMETOOLONG.result();
    }
    if (lengths.valueLength() > Limits.XATTR_VALUE_BYTES) {
      return Errno.EFBIG.result();
    }
    context.create();
    context.change(new RepChange.SetAttr(Xattrs.stored(step.attrName()), step.attrValue()));
    return 0;
  }
}
