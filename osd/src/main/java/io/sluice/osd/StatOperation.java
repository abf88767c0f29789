package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.types.UTime;

/** Size and time of the last change: {@code le64 size | utime mtime}. */
final class StatOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    Encoder to = new Encoder(16);
    to.le64(context.size());
    UTime mtime =
        context.before() == null ? context.op().request().mtime() : context.before().mtime();
    mtime.encode(to);
    context.output(step.withData(to.toByteArray()));
    return 0;
  }
}
