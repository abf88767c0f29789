package io.sluice.osd;

import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import java.util.List;

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

  static boolean exceeds(List<RepChange> changes) {
    long total = 0;
    for (RepChange change : changes) {
      total += bytesOf(change);
    }
    return total > Limits.CHANGES_BYTES;
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
