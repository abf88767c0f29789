package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Which blob holds which bytes of an object; what no extent covers reads as zeros.
 *
 * <p><b>Invariants:</b> extents do not overlap; each one counts as one reference to its blob.
 * <b>Threads:</b> one owner while it changes.
 */
final class ExtentMap {
  private final TreeMap<Long, Extent> byOffset = new TreeMap<>();

  /** Something was unmapped in part since this copy was made: its blob may have dead blocks. */
  private boolean cut;

  boolean wasCut() {
    return cut;
  }

  ExtentMap copy() {
    ExtentMap copy = new ExtentMap();
    copy.byOffset.putAll(byOffset);
    return copy;
  }

  /** For decoding: an extent that overlaps none before it. */
  void add(Extent extent) {
    byOffset.put(extent.offset(), extent);
  }

  /** Maps the extent's bytes to its blob, in place of what was there. */
  void put(Extent extent, BlobRefs refs) {
    punch(extent.offset(), extent.end(), refs);
    byOffset.put(extent.offset(), extent);
    refs.ref(extent.blob());
  }

  /** Counts a reference for each extent: after a copy was made to live beside the original. */
  void refAll(BlobRefs refs) {
    byOffset.values().forEach(extent -> refs.ref(extent.blob()));
  }

  /** Unmaps {@code [from, to)}: extents inside go, those across an edge are trimmed or split. */
  void punch(long from, long to, BlobRefs refs) {
    if (from >= to) {
      return;
    }
    for (Extent extent : overlapping(from, to)) {
      byOffset.remove(extent.offset());
      int parts = 0;
      if (extent.offset() < from) {
        add(extent.cut(extent.offset(), from));
        parts++;
      }
      if (extent.end() > to) {
        add(extent.cut(to, extent.end()));
        parts++;
      }
      cut |= parts > 0;
      if (parts == 0) {
        refs.unref(extent.blob());
      } else if (parts == 2) {
        refs.ref(extent.blob());
      }
    }
  }

  /** The extents with a byte in {@code [from, to)}, in order, uncut. */
  List<Extent> overlapping(long from, long to) {
    Map.Entry<Long, Extent> at = byOffset.floorEntry(from);
    if (at != null && from < to && at.getValue().end() >= to) {
      return List.of(at.getValue()); // what a small read finds
    }
    List<Extent> found = new ArrayList<>();
    Map.Entry<Long, Extent> before = byOffset.lowerEntry(from);
    if (before != null && before.getValue().end() > from && from < to) {
      found.add(before.getValue());
    }
    if (from < to) {
      found.addAll(byOffset.subMap(from, to).values());
    }
    return found;
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

  Collection<Extent> all() {
    return byOffset.values();
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ExtentMap that && byOffset.equals(that.byOffset);
  }

  @Override
  public int hashCode() {
    return byOffset.hashCode();
  }

  @Override
  public String toString() {
    return byOffset.values().toString();
  }
}
