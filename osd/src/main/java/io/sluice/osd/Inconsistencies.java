package io.sluice.osd;

import io.sluice.protocol.InconsistentObject;
import io.sluice.types.ObjectId;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Which objects the last scrub of a group found bad and nobody mended; forgotten when the next
 * begins, when the interval ends, and with the process.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class Inconsistencies {
  /** Of more a list is no help. */
  private static final int KEPT = 10_000;

  /** As clients page: by what they name of the last one they have. */
  private static final Comparator<ObjectId> ORDER =
      Comparator.comparing(ObjectId::namespace)
          .thenComparing(ObjectId::name)
          .thenComparing(ObjectId::snap, Long::compareUnsigned);

  private final SortedMap<ObjectId, InconsistentObject> found = new TreeMap<>(ORDER);
  private boolean known;

  void clear() {
    found.clear();
    known = false;
  }

  void add(InconsistentObject bad) {
    if (found.size() < KEPT) {
      found.put(bad.object(), bad);
    }
  }

  /** A scrub came to its end: what is here is all. */
  void complete() {
    known = true;
  }

  /** False while there is nothing to say. */
  boolean isKnown() {
    return known;
  }

  /** Those behind that object, in order. */
  List<InconsistentObject> after(ObjectId last, long most) {
    return found.tailMap(last).values().stream()
        .filter(each -> ORDER.compare(each.object(), last) > 0)
        .limit(Math.max(0, most))
        .toList();
  }
}
