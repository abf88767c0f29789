package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * The free blocks of the data files.
 *
 * <p>Best fit: the smallest free run that holds the request, the lowest of equals; where none does,
 * the largest runs until it is satisfied. Freed runs are joined with free neighbours. A store that
 * writes and frees one size thus reuses its own gaps, and the untouched end of the files is used
 * last.
 *
 * <p><b>Invariants:</b> free runs are disjoint, not adjacent within a data file, and never cross a
 * data file's end; freeing what is free throws (a block freed twice would be given to two objects).
 *
 * <p><b>Threads:</b> any. Memory: about 150 bytes a free run.
 */
final class Allocator {
  private static final Comparator<DiskExtent> BY_SIZE =
      Comparator.comparingLong(DiskExtent::length).thenComparingLong(DiskExtent::start);

  private final long totalBytes;
  private final long fileBytes;
  private final TreeMap<Long, DiskExtent> byStart = new TreeMap<>();
  private final TreeSet<DiskExtent> bySize = new TreeSet<>(BY_SIZE);
  private long freeBytes;

  /** All free. */
  Allocator(long totalBytes, long fileBytes) {
    this.totalBytes = totalBytes;
    this.fileBytes = fileBytes;
    for (long start = 0; start < totalBytes; start += fileBytes) {
      insert(new DiskExtent(start, Math.min(fileBytes, totalBytes - start)));
    }
  }

  /**
   * Takes {@code bytes}, rounded up to whole blocks.
   *
   * @return the runs in the order in which to fill them; null when there is not enough, nothing is
   *     taken then
   */
  synchronized List<DiskExtent> allocate(long bytes) {
    long left = DiskExtent.roundUp(bytes);
    if (left > freeBytes) {
      return null;
    }
    List<DiskExtent> taken = new ArrayList<>(1);
    while (left > 0) {
      DiskExtent fit = bySize.ceiling(new DiskExtent(0, left));
      DiskExtent run = fit != null ? fit : bySize.last();
      remove(run);
      long count = Math.min(left, run.length());
      taken.add(new DiskExtent(run.start(), count));
      if (count < run.length()) {
        insert(new DiskExtent(run.start() + count, run.length() - count));
      }
      left -= count;
    }
    return taken;
  }

  /** Takes exactly these blocks, at mount. */
  synchronized void reserve(DiskExtent extent) {
    Map.Entry<Long, DiskExtent> entry = byStart.floorEntry(extent.start());
    DiskExtent run = entry == null ? null : entry.getValue();
    if (run == null || run.end() < extent.end()) {
      throw new IllegalStateException(
          "blocks " + extent + " are used twice or lie outside the data files");
    }
    remove(run);
    if (run.start() < extent.start()) {
      insert(new DiskExtent(run.start(), extent.start() - run.start()));
    }
    if (extent.end() < run.end()) {
      insert(new DiskExtent(extent.end(), run.end() - extent.end()));
    }
  }

  /** Gives blocks back. */
  synchronized void free(DiskExtent extent) {
    Map.Entry<Long, DiskExtent> before = byStart.floorEntry(extent.start());
    Map.Entry<Long, DiskExtent> after = byStart.ceilingEntry(extent.start());
    if (extent.end() > totalBytes
        || before != null && before.getValue().end() > extent.start()
        || after != null && after.getKey() < extent.end()) {
      throw new IllegalStateException(
          "blocks " + extent + " are freed twice or lie outside the data files");
    }
    long start = extent.start();
    long end = extent.end();
    if (before != null && before.getValue().end() == start && start % fileBytes != 0) {
      remove(before.getValue());
      start = before.getKey();
    }
    if (after != null && after.getKey() == end && end % fileBytes != 0) {
      remove(after.getValue());
      end = after.getValue().end();
    }
    insert(new DiskExtent(start, end - start));
  }

  private void insert(DiskExtent run) {
    byStart.put(run.start(), run);
    bySize.add(run);
    freeBytes += run.length();
  }

  private void remove(DiskExtent run) {
    byStart.remove(run.start());
    bySize.remove(run);
    freeBytes -= run.length();
  }

  synchronized long freeBytes() {
    return freeBytes;
  }

  long totalBytes() {
    return totalBytes;
  }

  /** The free runs in order, for checks. */
  synchronized List<DiskExtent> freeRuns() {
    return List.copyOf(byStart.values());
  }

  @Override
  public synchronized String toString() {
    return "Allocator["
        + freeBytes
        + " of "
        + totalBytes
        + " bytes free in "
        + byStart.size()
        + " runs]";
  }
}
