package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/**
 * A run of snapshot ids. (ceph: an element of {@code interval_set<snapid_t>}: {@code le64 start |
 * le64 length})
 */
public record SnapInterval(long start, long length) {
  private static final Comparator<SnapInterval> ORDER =
      (a, b) -> Long.compareUnsigned(a.start, b.start);

  public boolean contains(long snap) {
    return Long.compareUnsigned(snap, start) >= 0 && Long.compareUnsigned(snap - start, length) < 0;
  }

  /** With one more id; what touches becomes one run. The runs ascend. */
  static List<SnapInterval> with(List<SnapInterval> runs, long snap) {
    List<SnapInterval> merged = new ArrayList<>();
    SnapInterval added = new SnapInterval(snap, 1);
    for (SnapInterval run : runs) {
      if (run.contains(snap)) {
        return runs;
      }
      if (run.start() + run.length() == added.start()
          || added.start() + added.length() == run.start()) {
        long start = Math.min(run.start(), added.start());
        added = new SnapInterval(start, run.length() + added.length());
      } else {
        merged.add(run);
      }
    }
    merged.add(added);
    merged.sort(Comparator.comparingLong(SnapInterval::start));
    return merged;
  }

  private long end() {
    return start + length;
  }

  /** What is in either; what touches becomes one run. */
  static List<SnapInterval> union(List<SnapInterval> some, List<SnapInterval> others) {
    List<SnapInterval> all = new ArrayList<>(some);
    all.addAll(others);
    all.sort(ORDER);
    List<SnapInterval> merged = new ArrayList<>();
    for (SnapInterval run : all) {
      SnapInterval last = merged.isEmpty() ? null : merged.get(merged.size() - 1);
      if (last == null || Long.compareUnsigned(run.start(), last.end()) > 0) {
        merged.add(run);
      } else if (Long.compareUnsigned(run.end(), last.end()) > 0) {
        merged.set(merged.size() - 1, new SnapInterval(last.start(), run.end() - last.start()));
      }
    }
    return merged;
  }

  /** What is in the first and not in the second; runs of both ascend. */
  static List<SnapInterval> without(List<SnapInterval> runs, List<SnapInterval> removed) {
    List<SnapInterval> left = new ArrayList<>();
    int at = 0;
    for (SnapInterval run : runs) {
      long start = run.start();
      while (at < removed.size() && Long.compareUnsigned(removed.get(at).end(), start) <= 0) {
        at++;
      }
      for (int i = at; i < removed.size(); i++) {
        SnapInterval hole = removed.get(i);
        if (Long.compareUnsigned(hole.start(), run.end()) >= 0) {
          break;
        }
        if (Long.compareUnsigned(hole.start(), start) > 0) {
          left.add(new SnapInterval(start, hole.start() - start));
        }
        start = Long.compareUnsigned(hole.end(), start) > 0 ? hole.end() : start;
        at = i; // it may reach into the next run
      }
      if (Long.compareUnsigned(start, run.end()) < 0) {
        left.add(new SnapInterval(start, run.end() - start));
      }
    }
    return left;
  }

  void encode(Encoder to) {
    to.le64(start).le64(length);
  }

  static SnapInterval decode(Decoder from) {
    long start = from.le64();
    return new SnapInterval(start, from.le64());
  }
}
