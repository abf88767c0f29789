package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;

/**
 * Calls a method of an object class; one that is not there is EOPNOTSUPP, and EPERM when neither
 * Sluice nor Ceph knows the class, as in Ceph with its list of permitted classes.
 */
final class CallOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    ObjectClasses.Method method = ObjectClasses.of(step);
    if (method == null) {
      Errno refused = ObjectClasses.permits(step) ? Errno.EOPNOTSUPP : Errno.EPERM;
      return refused.result();
    }
    return method.body().apply(context, step, ObjectClasses.input(step));
  }
}
