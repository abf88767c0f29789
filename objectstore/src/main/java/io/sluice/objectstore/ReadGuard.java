package io.sluice.objectstore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.TreeMap;

/**
 * Keeps freed extents back while a read that began before may still want them.
 *
 * <p>Every read belongs to the epoch in which it began; each retirement ends an epoch. Retired
 * extents are free when no read of their epoch or an older one is left. A retirement comes after
 * the metadata that freed the extents are visible, so later reads cannot find them.
 *
 * <p><b>Threads:</b> any.
 */
final class ReadGuard {
  private record Retired(long epoch, List<DiskExtent> extents) {}

  private final TreeMap<Long, Integer> readers = new TreeMap<>();
  private final Deque<Retired> waiting = new ArrayDeque<>();
  private long epoch;

  /** Returns the epoch that {@link #exit} takes. */
  synchronized long enter() {
    readers.merge(epoch, 1, Integer::sum);
    return epoch;
  }

  /** Returns what is free now. */
  synchronized List<DiskExtent> exit(long entered) {
    readers.merge(entered, -1, (count, one) -> count == 1 ? null : count - 1);
    return free();
  }

  /** No read that begins from now on can find these; returns what is free now. */
  synchronized List<DiskExtent> retire(List<DiskExtent> extents) {
    if (!extents.isEmpty()) {
      waiting.add(new Retired(epoch++, extents));
    }
    return free();
  }

  private List<DiskExtent> free() {
    List<DiskExtent> free = new ArrayList<>();
    while (!waiting.isEmpty()
        && (readers.isEmpty() || readers.firstKey() > waiting.peek().epoch())) {
      free.addAll(waiting.poll().extents());
    }
    return free;
  }

  /** Extents that wait for readers. */
  synchronized int waiting() {
    return waiting.stream().mapToInt(retired -> retired.extents().size()).sum();
  }
}
