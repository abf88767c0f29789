package io.sluice.osd;

import io.sluice.protocol.MOSDOp;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Function;

/**
 * The numbers of section {@code osd} of {@code perf dump}, under Ceph's names where Ceph has them.
 *
 * <p><b>Threads:</b> any.
 */
final class OsdCounters {
  /** Operations of one kind that were answered. */
  private static final class Answered {
    final LongAdder count = new LongAdder();
    final LongAdder nanos = new LongAdder();
    final LongAdder bytesIn = new LongAdder();
    final LongAdder bytesOut = new LongAdder();
    final PerfHistogram histogram = new PerfHistogram();

    void add(long took, long in, long out, long size) {
      count.increment();
      nanos.add(took);
      bytesIn.add(in);
      bytesOut.add(out);
      histogram.record(took, size);
    }

    Map<String, Object> latency() {
      return OsdCounters.latency(count.sum(), nanos.sum());
    }
  }

  private final Answered reads = new Answered();
  private final Answered writes = new Answered();
  private final Answered both = new Answered();
  private final PerfHistogram bothByBytesOut = new PerfHistogram();
  final LongAdder bytesIn = new LongAdder();
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
  final CommitLatency commits = new CommitLatency();

  /** A client has its answer. What neither reads nor writes counts among what reads. */
  void answered(MOSDOp request, long in, long out, long nanos) {
    if (!request.writes()) {
      reads.add(nanos, in, out, out);
    } else if (!request.reads()) {
      writes.add(nanos, in, out, in);
    } else {
      both.add(nanos, in, out, in);
      bothByBytesOut.record(nanos, out);
    }
  }

  /** Section {@code osd} of {@code perf histogram dump}. */
  Map<String, Object> histograms() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("op_r_latency_out_bytes_histogram", reads.histogram.dump());
    all.put("op_w_latency_in_bytes_histogram", writes.histogram.dump());
    all.put("op_rw_latency_in_bytes_histogram", both.histogram.dump());
    all.put("op_rw_latency_out_bytes_histogram", bothByBytesOut.dump());
    return all;
  }

  /** Name of an average in {@link #snapshot} to what {@link PerfHistogram#latencies} says. */
  Map<String, Map<Double, Long>> latencies() {
    return Map.of(
        "op_r_latency", reads.histogram.latencies(),
        "op_w_latency", writes.histogram.latencies(),
        "op_rw_latency", both.histogram.latencies());
  }

  Map<String, Object> snapshot() {
    Map<String, Object> all = new LinkedHashMap<>();
    long operations = sum(kind -> kind.count);
    all.put("op", operations);
    all.put("op_in_bytes", bytesIn.sum());
    all.put("op_out_bytes", sum(kind -> kind.bytesOut));
    all.put("op_latency", latency(operations, sum(kind -> kind.nanos)));
    all.put("op_r", reads.count.sum());
    all.put("op_r_out_bytes", reads.bytesOut.sum());
    all.put("op_r_latency", reads.latency());
    all.put("op_w", writes.count.sum());
    all.put("op_w_in_bytes", writes.bytesIn.sum());
    all.put("op_w_latency", writes.latency());
    all.put("op_rw", both.count.sum());
    all.put("op_rw_in_bytes", both.bytesIn.sum());
    all.put("op_rw_out_bytes", both.bytesOut.sum());
    all.put("op_rw_latency", both.latency());
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
    all.put("recoveries", recoveries.sum());
    all.put("recovery_ops", pushed.sum());
    all.put("recovery_bytes", pushedBytes.sum());
    all.put("peerings", peerings.sum());
    return all;
  }

  private long sum(Function<Answered, LongAdder> of) {
    return of.apply(reads).sum() + of.apply(writes).sum() + of.apply(both).sum();
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
