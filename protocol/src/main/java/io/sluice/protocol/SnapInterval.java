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

  void encode(Encoder to) {
    to.le64(start).le64(length);
  }

  static SnapInterval decode(Decoder from) {
    long start = from.le64();
    return new SnapInterval(start, from.le64());
  }
}
