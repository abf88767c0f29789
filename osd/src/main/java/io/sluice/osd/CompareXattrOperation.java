package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * A guard: goes on when {@code given OP stored} is true, else the whole operation is ECANCELED. An
 * absent attribute compares as empty, or as 0. (ceph: CEPH_OSD_OP_CMPXATTR)
 */
final class CompareXattrOperation implements Operation {
  private static final int STRINGS = 1;
  private static final int NUMBERS = 2;

  @Override
  public int apply(OpContext context, OsdOp step) {
    if (context.before() == null) {
      return Errno.ENOENT.result();
    }
    OpArgs.Attr how = step.attr();
    byte[] stored = Xattrs.get(context, step.attrName()).orElse(new byte[0]);
    int order;
    if (how.compareMode() == STRINGS) {
      order = Arrays.compareUnsigned(step.attrValue(), stored);
    } else if (how.compareMode() == NUMBERS) {
      Decoder given = step.reader().skip(how.nameLength());
      order = Long.compareUnsigned(given.le64(), number(stored));
    } else {
      return Errno.EINVAL.result();
    }
    return switch (how.compareOp()) {
      case 1 -> verdict(order == 0);
      case 2 -> verdict(order != 0);
      case 3 -> verdict(order > 0);
      case 4 -> verdict(order >= 0);
      case 5 -> verdict(order < 0);
      case 6 -> verdict(order <= 0);
      default -> Errno.EINVAL.result();
    };
  }

  private static int verdict(boolean holds) {
    return holds ? 0 : Errno.ECANCELED.result();
  }

  /** Stored numbers are decimal text. */
  private static long number(byte[] stored) {
    if (stored.length == 0) {
      return 0;
    }
    try {
      return Long.parseUnsignedLong(new String(stored, StandardCharsets.UTF_8).trim());
    } catch (NumberFormatException e) {
      throw new MalformedInputException("the attribute is no number: " + e.getMessage());
    }
  }
}
