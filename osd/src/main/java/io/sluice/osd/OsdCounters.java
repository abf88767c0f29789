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
  final LongAdder ops = new LongAdder();
  final LongAdder reads = new LongAdder();
  final LongAdder writes = new LongAdder();
  final LongAdder bytesIn = new LongAdder();
  final LongAdder bytesOut = new LongAdder();
  final LongAdder latencyNanos = new LongAdder();
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

  Map<String, Object> snapshot() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("op", ops.sum());
    all.put("op_r", reads.sum());
    all.put("op_w", writes.sum());
    all.put("op_in_bytes", bytesIn.sum());
    all.put("op_out_bytes", bytesOut.sum());
    all.put("op_latency", latency(ops.sum(), latencyNanos.sum()));
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
