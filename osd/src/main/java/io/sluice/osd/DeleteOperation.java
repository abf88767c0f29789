package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;

/** Removes the object with everything that belongs to it. */
final class DeleteOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    context.remove();
    return 0;
  }
}
