package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import java.util.Optional;

/** One attribute. */
final class GetXattrOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (context.before() == null) {
      return Errno.ENOENT.result();
    }
    Optional<byte[]> value = Xattrs.get(context, step.attrName());
    if (value.isEmpty()) {
      return Errno.ENODATA.result();
    }
    OpArgs.Attr asked = step.attr();
    OpArgs.Attr found =
        new OpArgs.Attr(
            asked.nameLength(), value.get().length, asked.compareOp(), asked.compareMode());
    context.output(new OsdOp(step.op(), step.flags(), found, 0, value.get().length, value.get()));
    return 0;
  }
}
