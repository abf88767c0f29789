package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;

/** Fails unless the object is at the user version given. */
final class AssertVersionOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    long wanted = step.argument(OpArgs.AssertVersion.class).version();
    long actual = context.before() == null ? 0 : context.before().userVersion();
    if (wanted == 0) {
      return Errno.EINVAL.result();
    }
    int order = Long.compareUnsigned(wanted, actual);
    return order == 0 ? 0 : order < 0 ? Errno.ERANGE.result() : Errno.EOVERFLOW.result();
  }
}
