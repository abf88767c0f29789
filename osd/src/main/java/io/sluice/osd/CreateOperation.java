package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;

/** Makes sure that there is an object; exclusively: that there was none. */
final class CreateOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (context.exists() && (step.flags() & OsdOp.FLAG_EXCLUSIVE) != 0) {
      return Errno.EEXIST.result();
    }
    if (context.exists()) {
      context.change(new RepChange.Touch());
    }
    context.create();
    return 0;
  }
}
