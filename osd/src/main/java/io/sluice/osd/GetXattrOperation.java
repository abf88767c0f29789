package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;

/** One attribute. */
final class GetXattrOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (context.before() == null) {
      return Errno.ENOENT.result();
    }
    return SingleAttribute.give(
        context,
        () -> Xattrs.get(context, step.attrName()).orElse(null),
        value -> {
          OpArgs.Attr asked = step.attr();
          OpArgs.Attr found =
              new OpArgs.Attr(
                  asked.nameLength(), value.length, asked.compareOp(), asked.compareMode());
          return new OsdOp(step.op(), step.flags(), found, 0, value.length, value);
        });
  }
}
