package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OmapCondition;
import io.sluice.protocol.OsdOp;
import java.util.Arrays;

/**
 * A guard: goes on when every condition on omap values holds, else ECANCELED. An absent key is
 * empty.
 */
final class CompareOmapOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (!context.exists()) {
      return Errno.ENOENT.result();
    }
    if (step.reader().count(4) > Limits.CHANGES) {
      return Errno.E2BIG.result();
    }
    for (OmapCondition condition : OmapCondition.decode(step.data())) {
      byte[] stored =
          context.store().omapGet(context.object(), condition.key()).orElse(new byte[0]);
      int order = Arrays.compareUnsigned(stored, condition.value());
      boolean holds;
      switch (condition.comparison()) {
        case OmapCondition.EQUAL -> holds = order == 0;
        case OmapCondition.GREATER -> holds = order > 0;
        case OmapCondition.LESS -> holds = order < 0;
        default -> {
          return Errno.EINVAL.result();
        }
      }
      if (!holds) {
        return Errno.ECANCELED.result();
      }
    }
    return 0;
  }
}
