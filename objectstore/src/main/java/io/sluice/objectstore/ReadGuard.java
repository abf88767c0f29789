package io.sluice.objectstore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * Keeps freed extents back while a read that began before may still want them.
 *
 * <p>Every read belongs to the epoch in which it began; each retirement ends an epoch. Retired
 * extents are free when no read of their epoch or an older one is left. A retirement comes after
 * the metadata that freed the extents are visible, so later reads cannot find them.
 *
 * <p>A read that takes as long as its receiver likes must not hold back all that is freed
 * meanwhile: it pins its own extents, within an epoch, and leaves the epoch.
 *
 * <p><b>Threads:</b> any.
 */
final class ReadGuard {
  private record Retired(long epoch, List<DiskExtent> extents) {}

  /** Of epochs that have ended. */
  private final TreeMap<Long, Integer> olderReaders = new TreeMap<>();

  private final Deque<Retired> waiting = new ArrayDeque<>();
  private final Map<DiskExtent, Integer> pins = new HashMap<>();
  private final Set<DiskExtent> pinnedFree = new HashSet<>();
  private long epoch;

  /** Of the present epoch. */
  private int readers;

  /** Returns the epoch that {@link #exit} takes. */
  synchronized long enter() {
    readers++;
    return epoch;
  }

  /** Returns what is free now. */
  synchronized List<DiskExtent> exit(long entered) {
    if (entered == epoch) {
      readers--;
    } else {
      olderReaders.merge(entered, -1, (count, one) -> count == 1 ? null : count - 1);
    }
    return free();
  }

  /** No read that begins from now on can find these; returns what is free now. */
  synchronized List<DiskExtent> retire(List<DiskExtent> extents) {
    if (!extents.isEmpty()) {
      waiting.add(new Retired(epoch, extents));
      if (readers > 0) {
        olderReaders.put(epoch, readers);
      }
      epoch++;
      readers = 0;
    }
    return free();
  }

  private List<DiskExtent> free() {
    if (waiting.isEmpty()) {
      return List.of();
    }
    List<DiskExtent> free = new ArrayList<>();
    while (!waiting.isEmpty()
        && (olderReaders.isEmpty() || olderReaders.firstKey() > waiting.peek().epoch())) {
      for (DiskExtent extent : waiting.poll().extents()) {
        if (pins.containsKey(extent)) {
          pinnedFree.add(extent);
        } else {
          free.add(extent);
        }
      }
    }
    return free;
  }

  /** Keeps whole extents of blobs, found in an epoch that has not been left, until unpinned. */
  synchronized void pin(List<DiskExtent> extents) {
    extents.forEach(extent -> pins.merge(extent, 1, Integer::sum));
  }

  /** Returns what is free now. */
  synchronized List<DiskExtent> unpin(List<DiskExtent> extents) {
    List<DiskExtent> free = new ArrayList<>();
    for (DiskExtent extent : extents) {
      Integer left = pins.merge(extent, -1, (count, one) -> count == 1 ? null : count - 1);
      if (left == null && pinnedFree.remove(extent)) {
        free.add(extent);
      }
    }
    return free;
  }

  /** Freed extents that wait for readers. */
  synchronized int waiting() {
    return pinnedFree.size() + waiting.stream().mapToInt(retired -> retired.extents().size()).sum();
  }
}
