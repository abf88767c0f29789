package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;

/** What a check of a store found so far. <b>Threads:</b> one. */
final class FsckFindings {
  /** A broken store may have a finding for each object: enough to see what is wrong. */
  private static final int LISTED_MAX = 1000;

  /** Kinds after which nobody knows what the objects refer to. */
  private static final Set<Inconsistency> UNKNOWN_OBJECTS =
      EnumSet.of(Inconsistency.STRAY_KEY, Inconsistency.BAD_KEY, Inconsistency.BAD_ONODE);

  private final List<Fsck.Finding> listed = new ArrayList<>();
  private final Set<Inconsistency> kinds = EnumSet.noneOf(Inconsistency.class);

  void add(Inconsistency kind, String what) {
    kinds.add(kind);
    if (listed.size() < LISTED_MAX) {
      listed.add(new Fsck.Finding(kind, what));
    }
  }

  List<Fsck.Finding> listed() {
    return List.copyOf(listed);
  }

  /**
   * True when every object is known: only then is what no object refers to really of no use to
   * anybody.
   */
  boolean everyObjectIsKnown() {
    return kinds.stream().noneMatch(UNKNOWN_OBJECTS::contains);
  }

  boolean has(Inconsistency kind) {
    return kinds.contains(kind);
  }
}
