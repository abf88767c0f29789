package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Keeps what an operation changes beside the object's bytes to {@link Limits#CHANGES_BYTES}: found
 * too large from the request where that is possible, before anybody takes it apart.
 */
final class ChangesBound {
  /** The kind of a change and two lengths. */
  private static final int HEAD_BYTES = 9;

  /** One that has no more than numbers. */
  private static final int SMALL_BYTES = 17;

  private ChangesBound() {}

  /** True where more is to be taken apart than anybody does; none of it needs to be looked at. */
  static boolean exceeds(MOSDOp request) {
    long total = 0;
    for (OsdOp step : request.ops()) {
      total += StepPayloads.isApart(step) ? 0 : step.dataLength();
    }
    return total > Limits.CHANGES_BYTES;
  }

  /** True where it will be refused for what it brings: nobody needs to keep that. */
  static boolean refuses(MOSDOp request) {
    return request.dataLength() > Limits.WRITE_OP_BYTES || exceeds(request) || scatters(request);
  }

  private static boolean scatters(MOSDOp request) {
    if (request.ops().size() <= Limits.WRITE_STEPS) {
      return false;
    }
    int count = 0;
    for (OsdOp step : request.ops()) {
      boolean places =
          switch (step.code()) {
            case WRITE_SAME, ZERO, TRUNCATE -> true;
            default -> StepPayloads.isData(step);
          };
      count += places ? 1 : 0;
    }
    return count > Limits.WRITE_STEPS;
  }

  static boolean exceeds(List<RepChange> changes) {
    if (changes.size() > Limits.CHANGES) {
      return true;
    }
    long total = 0;
    for (RepChange change : changes) {
      total += bytesOf(change);
    }
    return total > Limits.CHANGES_BYTES;
  }

  /**
   * EFBIG when an attribute is longer than one may be, or all of them are more than an object may
   * have; whoever only takes some away is never refused. The list of watchers is ours.
   */
  static int checkAttributes(OpContext context) {
    Map<String, Integer> lengths = null;
    boolean anew = false;
    for (RepChange change : context.changes()) {
      anew |= change instanceof RepChange.Remove || change instanceof RepChange.CloneFrom;
      if (change instanceof RepChange.SetAttr attr && !attr.name().equals(Watchers.ATTRIBUTE)) {
        if (attr.value().length > Limits.XATTR_VALUE_BYTES) {
          return Errno.EFBIG.result();
        }
        lengths = lengths == null ? new TreeMap<>() : lengths;
        lengths.put(attr.name(), attr.value().length);
      }
    }
    if (lengths == null) {
      return 0; // nearly always
    }
    if (context.before() != null && !anew) {
      Map<String, byte[]> stored = context.store().attrs(context.object());
      for (Map.Entry<String, byte[]> each : stored.entrySet()) {
        lengths.putIfAbsent(each.getKey(), each.getValue().length);
      }
    }
    long total = 0;
    for (Map.Entry<String, Integer> each : lengths.entrySet()) {
      total += each.getKey().length() + each.getValue();
    }
    return total > Limits.ATTRIBUTES_BYTES ? Errno.EFBIG.result() : 0;
  }

  private static long bytesOf(RepChange change) {
    if (change instanceof RepChange.OmapSet set) {
      return (long) HEAD_BYTES + set.key().length + set.value().length;
    } else if (change instanceof RepChange.OmapRemove remove) {
      return (long) HEAD_BYTES + remove.key().length;
    } else if (change instanceof RepChange.OmapRemoveRange range) {
      return (long) HEAD_BYTES + range.first().length + range.end().length;
    } else if (change instanceof RepChange.SetAttr attr) {
      return HEAD_BYTES + 3L * attr.name().length() + attr.value().length;
    } else if (change instanceof RepChange.RemoveAttr attr) {
      return HEAD_BYTES + 3L * attr.name().length();
    }
    return SMALL_BYTES;
  }
}
