package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.Map;
import java.util.TreeMap;

/**
 * A set of byte ranges. (ceph: {@code interval_set<uint64_t>}: {@code le32 n, n x {le64 start |
 * le64 length}})
 *
 * <p><b>Invariants:</b> ranges are not empty, do not overlap and do not touch. Immutable.
 */
final class Ranges {
  static final Ranges NONE = new Ranges(new TreeMap<>());

  /** Start to end. */
  private final TreeMap<Long, Long> runs;

  private Ranges(TreeMap<Long, Long> runs) {
    this.runs = runs;
  }

  static Ranges of(long start, long length) {
    return NONE.plus(start, length);
  }

  /** With {@code [start, start+length)}. */
  Ranges plus(long start, long length) {
    if (length <= 0) {
      return this;
    }
    TreeMap<Long, Long> sum = new TreeMap<>(runs);
    add(sum, start, length);
    return new Ranges(sum);
  }

  private static void add(TreeMap<Long, Long> sum, long start, long length) {
    long from = start;
    long to = start + length;
    Map.Entry<Long, Long> near = sum.floorEntry(to);
    while (near != null && near.getValue() >= from) {
      sum.remove(near.getKey());
      from = Math.min(from, near.getKey());
      to = Math.max(to, near.getValue());
      near = sum.floorEntry(to);
    }
    sum.put(from, to);
  }

  /** What is in this and not in the other. */
  Ranges minus(Ranges other) {
    TreeMap<Long, Long> left = new TreeMap<>(runs);
    other.runs.forEach((from, to) -> cut(left, from, to));
    return new Ranges(left);
  }

  private static void cut(TreeMap<Long, Long> runs, long from, long to) {
    Map.Entry<Long, Long> near = runs.lowerEntry(to);
    while (near != null && near.getValue() > from) {
      runs.remove(near.getKey());
      if (near.getKey() < from) {
        runs.put(near.getKey(), from);
      }
      if (near.getValue() > to) {
        runs.put(to, near.getValue());
      }
      near = runs.lowerEntry(near.getKey());
    }
  }

  /** What is in both. */
  Ranges and(Ranges other) {
    return minus(minus(other));
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  int count() {
    return runs.size();
  }

  /** Bytes in all of them. */
  long bytes() {
    return runs.entrySet().stream().mapToLong(run -> run.getValue() - run.getKey()).sum();
  }

  void encode(Encoder to) {
    to.le32(runs.size());
    runs.forEach((from, end) -> to.le64(from).le64(end - from));
  }

  static Ranges decode(Decoder from) {
    TreeMap<Long, Long> runs = new TreeMap<>();
    for (int left = from.count(16); left > 0; left--) {
      long start = from.le64();
      long length = from.le64();
      if (length > 0) {
        add(runs, start, length);
      }
    }
    return new Ranges(runs);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof Ranges ranges && ranges.runs.equals(runs);
  }

  @Override
  public int hashCode() {
    return runs.hashCode();
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder("[");
    runs.forEach(
        (from, to) ->
            text.append(text.length() > 1 ? "," : "").append(from).append('~').append(to - from));
    return text.append(']').toString();
  }
}
