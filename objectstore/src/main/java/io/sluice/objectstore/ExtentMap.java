package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Which blob holds which bytes of an object; what no extent covers reads as zeros.
 *
 * <p>An array, as most objects have one extent, and tens of thousands of objects are kept in
 * memory.
 *
 * <p><b>Invariants:</b> extents do not overlap; each one counts as one reference to its blob; the
 * array does not change once it is here: copies share it. <b>Threads:</b> one owner while it
 * changes.
 */
final class ExtentMap {
  private static final Extent[] NONE = {};

  private Extent[] byOffset = NONE;

  /** Something was unmapped in part since this copy was made: its blob may have dead blocks. */
  private boolean cut;

  boolean wasCut() {
    return cut;
  }

  ExtentMap copy() {
    ExtentMap copy = new ExtentMap();
    copy.byOffset = byOffset;
    return copy;
  }

  /** For decoding: an extent that overlaps none before it. */
  void add(Extent extent) {
    int at = from(extent.offset());
    splice(at, at, extent);
  }

  /** Maps the extent's bytes to its blob, in place of what was there. */
  void put(Extent extent, BlobRefs refs) {
    punch(extent.offset(), extent.end(), refs);
    add(extent);
    refs.ref(extent.blob());
  }

  /** Counts a reference for each extent: after a copy was made to live beside the original. */
  void refAll(BlobRefs refs) {
    for (Extent extent : byOffset) {
      refs.ref(extent.blob());
    }
  }

  /** Unmaps {@code [from, to)}: extents inside go, those across an edge are trimmed or split. */
  void punch(long from, long to, BlobRefs refs) {
    int first = reaching(from);
    int end = from < to ? from(to) : first;
    if (first >= end) {
      return;
    }
    List<Extent> left = new ArrayList<>(2);
    for (int i = first; i < end; i++) {
      Extent extent = byOffset[i];
      int before = left.size();
      if (extent.offset() < from) {
        left.add(extent.cut(extent.offset(), from));
      }
      if (extent.end() > to) {
        left.add(extent.cut(to, extent.end()));
      }
      int parts = left.size() - before;
      cut |= parts > 0;
      if (parts == 0) {
        refs.unref(extent.blob());
      } else if (parts == 2) {
        refs.ref(extent.blob());
      }
    }
    splice(first, end, left.toArray(NONE));
  }

  /** Puts extents in the place of those from {@code first} to before {@code end}. */
  private void splice(int first, int end, Extent... in) {
    Extent[] now = new Extent[byOffset.length - (end - first) + in.length];
    System.arraycopy(byOffset, 0, now, 0, first);
    System.arraycopy(in, 0, now, first, in.length);
    System.arraycopy(byOffset, end, now, first + in.length, byOffset.length - end);
    byOffset = now;
  }

  /** Index of the first extent that begins at {@code offset} or after it. */
  private int from(long offset) {
    int low = 0;
    int high = byOffset.length;
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (byOffset[middle].offset() < offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** Index of the first extent that ends after {@code offset}. */
  private int reaching(long offset) {
    int at = from(offset);
    return at > 0 && byOffset[at - 1].end() > offset ? at - 1 : at;
  }

  /** The extents with a byte in {@code [from, to)}, in order, uncut. */
  List<Extent> overlapping(long from, long to) {
    if (from >= to) {
      return List.of();
    }
    int first = reaching(from);
    if (first < byOffset.length && byOffset[first].offset() < to && byOffset[first].end() >= to) {
      return List.of(byOffset[first]); // what a small read finds
    }
    int end = from(to);
    return first >= end ? List.of() : List.of(Arrays.copyOfRange(byOffset, first, end));
  }

  /** The mapped runs within {@code [from, to)}, joined where they meet. */
  List<ObjectStore.Range> runs(long from, long to) {
    List<ObjectStore.Range> runs = new ArrayList<>();
    for (Extent extent : overlapping(from, to)) {
      Extent part = extent.cut(from, to);
      int last = runs.size() - 1;
      if (last >= 0 && runs.get(last).end() == part.offset()) {
        long offset = runs.get(last).offset();
        runs.set(last, new ObjectStore.Range(offset, part.end() - offset));
      } else {
        runs.add(new ObjectStore.Range(part.offset(), part.length()));
      }
    }
    return runs;
  }

  int size() {
    return byOffset.length;
  }

  /** In order; a view, not to be changed. */
  List<Extent> all() {
    return Arrays.asList(byOffset);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExtentMap that && Arrays.equals(byOffset, that.byOffset);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(byOffset);
  }

  @Override
  public String toString() {
    return Arrays.toString(byOffset);
  }
}
