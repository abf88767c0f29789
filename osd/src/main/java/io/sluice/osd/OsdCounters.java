package io.sluice.osd;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * The numbers of section {@code osd} of {@code perf dump}, under Ceph's names where Ceph has them.
 *
 * <p><b>Threads:</b> any.
 */
final class OsdCounters {
  /** Operations that only read, or the others: those that were answered. */
  private static final class Answered {
    final LongAdder count = new LongAdder();
    final LongAdder nanos = new LongAdder();
    final PerfHistogram histogram = new PerfHistogram();

    void add(long took, long bytes) {
      count.increment();
      nanos.add(took);
      histogram.record(took, bytes);
    }

    Map<String, Object> latency() {
      return OsdCounters.latency(count.sum(), nanos.sum());
    }
  }

  private final Answered reads = new Answered();
  private final Answered writes = new Answered();
  final LongAdder bytesIn = new LongAdder();
  private final LongAdder bytesOut = new LongAdder();
  final LongAdder inFlight = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder dropped = new LongAdder();
  final LongAdder heldReplies = new LongAdder();
  final LongAdder replicaOps = new LongAdder();
  final LongAdder replicaBytes = new LongAdder();
  final LongAdder cutThroughs = new LongAdder();
  final LongAdder cutThroughsDropped = new LongAdder();
  final LongAccumulator cutPipesPeak = new LongAccumulator(Math::max, 0);
  final LongAdder pushed = new LongAdder();
  final LongAdder pushedBytes = new LongAdder();
  final LongAdder pulled = new LongAdder();
  final LongAdder mended = new LongAdder();
  final LongAdder scrubErrors = new LongAdder();
  final LongAdder trimmed = new LongAdder();
  final LongAdder recoveries = new LongAdder();
  final LongAdder peerings = new LongAdder();

  /** A client has its answer. */
  void answered(boolean write, long bytesIn, long bytesOut, long nanos) {
    this.bytesOut.add(bytesOut);
    if (write) {
      writes.add(nanos, bytesIn);
    } else {
      reads.add(nanos, bytesOut);
    }
  }

  /** Section {@code osd} of {@code perf histogram dump}. */
  Map<String, Object> histograms() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("op_r_latency_out_bytes_histogram", reads.histogram.dump());
    all.put("op_w_latency_in_bytes_histogram", writes.histogram.dump());
    return all;
  }

  /** Name of an average in {@link #snapshot} to what {@link PerfHistogram#latencies} says. */
  Map<String, Map<Double, Long>> latencies() {
    return Map.of(
        "op_r_latency", reads.histogram.latencies(), "op_w_latency", writes.histogram.latencies());
  }

  Map<String, Object> snapshot() {
    long reading = reads.count.sum();
    long writing = writes.count.sum();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("op", reading + writing);
    all.put("op_r", reading);
    all.put("op_w", writing);
    all.put("op_in_bytes", bytesIn.sum());
    all.put("op_out_bytes", bytesOut.sum());
    all.put("op_latency", latency(reading + writing, reads.nanos.sum() + writes.nanos.sum()));
    all.put("op_r_latency", reads.latency());
    all.put("op_w_latency", writes.latency());
    all.put("op_wip", inFlight.sum());
    all.put("op_duplicates", duplicates.sum());
    all.put("op_dropped", dropped.sum());
    all.put("replies_held_for_lease", heldReplies.sum());
    all.put("subop_w", replicaOps.sum());
    all.put("subop_w_in_bytes", replicaBytes.sum());
    all.put("cut_through", cutThroughs.sum());
    all.put("cut_through_dropped", cutThroughsDropped.sum());
    all.put("cut_through_pipes_peak", cutPipesPeak.get());
    all.put("push", pushed.sum());
    all.put("push_out_bytes", pushedBytes.sum());
    all.put("pull", pulled.sum());
    all.put("mended", mended.sum());
    all.put("scrub_errors", scrubErrors.sum());
    all.put("snaptrim_clones", trimmed.sum());
    all.put("recovery_ops", recoveries.sum());
    all.put("peerings", peerings.sum());
    return all;
  }

  /** As Ceph's averages look: {@code {avgcount, sum, avgtime}}, in seconds. */
  private static Map<String, Object> latency(long count, long nanos) {
    Map<String, Object> average = new LinkedHashMap<>();
    average.put("avgcount", count);
    average.put("sum", nanos / 1e9);
    average.put("avgtime", count == 0 ? 0.0 : nanos / 1e9 / count);
    return average;
  }
}
