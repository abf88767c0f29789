package io.sluice.osd;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * How many operations took how long for how many bytes, each in powers of two. (ceph:
 * PerfHistogram, with the axes of osd_perf_counters)
 *
 * <p>Bucket 0 is for what is less than nothing; bucket i holds values below {@code 2^(i-1)} units
 * that the one before does not, the last one all others.
 *
 * <p><b>Threads:</b> any.
 */
final class PerfHistogram {
  private static final int BUCKETS = 32;

  /** Of latencies, in nanoseconds. */
  private static final long LATENCY_UNIT = 100_000;

  /** Of sizes, in bytes. */
  private static final long SIZE_UNIT = 512;

  private final AtomicLongArray counts = new AtomicLongArray(BUCKETS * BUCKETS);

  void record(long nanos, long bytes) {
    counts.incrementAndGet(bucket(nanos, LATENCY_UNIT) * BUCKETS + bucket(bytes, SIZE_UNIT));
  }

  private static int bucket(long value, long unit) {
    if (value < 0) {
      return 0;
    }
    return Math.min(BUCKETS - 1, 65 - Long.numberOfLeadingZeros(value / unit));
  }

  /** The first value that is too large for the bucket, which is neither the first nor the last. */
  private static long end(int bucket, long unit) {
    return unit << bucket - 1;
  }

  private static List<Map<String, Object>> axes() {
    return List.of(axis("Latency (usec)", LATENCY_UNIT), axis("Request size (bytes)", SIZE_UNIT));
  }

  private static Map<String, Object> axis(String name, long unit) {
    List<Map<String, Object>> ranges = new ArrayList<>();
    for (int i = 0; i < BUCKETS; i++) {
      Map<String, Object> range = new LinkedHashMap<>();
      if (i > 0) {
        range.put("min", i == 1 ? 0 : end(i - 1, unit));
      }
      if (i < BUCKETS - 1) {
        range.put("max", i == 0 ? -1 : end(i, unit) - 1);
      }
      ranges.add(range);
    }
    Map<String, Object> axis = new LinkedHashMap<>();
    axis.put("name", name);
    axis.put("min", 0);
    axis.put("quant_size", unit);
    axis.put("buckets", BUCKETS);
    axis.put("scale_type", "log2");
    axis.put("ranges", ranges);
    return axis;
  }

  /** {@code perf histogram dump}: rows by latency, in each the sizes. */
  Map<String, Object> dump() {
    List<List<Long>> rows = new ArrayList<>();
    for (int row = 0; row < BUCKETS; row++) {
      List<Long> values = new ArrayList<>();
      for (int i = 0; i < BUCKETS; i++) {
        values.add(counts.get(row * BUCKETS + i));
      }
      rows.add(values);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("axes", axes());
    all.put("values", rows);
    return all;
  }

  /** Seconds to how many operations took less, ascending; of all but the slowest bucket. */
  Map<Double, Long> latencies() {
    Map<Double, Long> all = new LinkedHashMap<>();
    long sum = 0;
    for (int row = 0; row < BUCKETS - 1; row++) {
      for (int i = 0; i < BUCKETS; i++) {
        sum += counts.get(row * BUCKETS + i);
      }
      if (row > 0) {
        all.put(end(row, LATENCY_UNIT) / 1e9, sum);
      }
    }
    return all;
  }
}
