package io.sluice.objectstore;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAccumulator;
import java.util.concurrent.atomic.LongAdder;

/**
 * What the store did, for {@code perf dump}. Times are in seconds there, as Ceph's are.
 * <b>Threads:</b> any.
 */
final class StoreCounters {
  private static final double NANOS = 1e9;

  /** An average: how many, their sum, the largest; as Ceph's {@code avgcount, sum}. */
  private static final class Average {
    private final LongAdder count = new LongAdder();
    private final LongAdder nanos = new LongAdder();
    private final LongAccumulator max = new LongAccumulator(Math::max, 0);

    void add(long elapsed) {
      count.increment();
      nanos.add(elapsed);
      max.accumulate(elapsed);
    }

    Map<String, Object> snapshot() {
      Map<String, Object> values = new LinkedHashMap<>();
      long n = count.sum();
      values.put("avgcount", n);
      values.put("sum", nanos.sum() / NANOS);
      values.put("avgtime", n == 0 ? 0.0 : nanos.sum() / NANOS / n);
      values.put("max", max.get() / NANOS);
      return values;
    }
  }

  private final LongAdder transactions = new LongAdder();
  private final LongAdder groups = new LongAdder();
  private final LongAccumulator groupMax = new LongAccumulator(Math::max, 0);
  private final LongAdder batchBytes = new LongAdder();
  private final LongAdder flushes = new LongAdder();
  private final LongAdder reads = new LongAdder();
  private final LongAdder readBytes = new LongAdder();
  private final LongAdder pipeReadBytes = new LongAdder();
  private final LongAdder pageReadBytes = new LongAdder();
  private final LongAdder pipesRefused = new LongAdder();
  private final LongAdder rereads = new LongAdder();
  private final LongAdder readErrors = new LongAdder();
  private final Average flushTime = new Average();
  private final Average batchTime = new Average();
  private final Average commitTime = new Average();
  private final Average readTime = new Average();

  void committed(int groupSize, long bytes, long flushNanos, long batchNanos) {
    transactions.add(groupSize);
    groups.increment();
    groupMax.accumulate(groupSize);
    batchBytes.add(bytes);
    flushTime.add(flushNanos);
    batchTime.add(batchNanos);
  }

  void flushed() {
    flushes.increment();
  }

  /** From commit() to the callback. */
  void latency(long nanos) {
    commitTime.add(nanos);
  }

  void read(long bytes, long nanos) {
    reads.increment();
    readBytes.add(bytes);
    readTime.add(nanos);
  }

  /** Large reads, which nobody looked at. */
  void readIntoPipe(long bytes) {
    pipeReadBytes.add(bytes);
  }

  /** Blocks that the page cache held. */
  void readFromPages(long bytes) {
    pageReadBytes.add(bytes);
  }

  /** The disk or the file system did not splice: read into memory instead. */
  void pipeRefused() {
    pipesRefused.increment();
  }

  void reread() {
    rereads.increment();
  }

  void readError() {
    readErrors.increment();
  }

  Map<String, Object> snapshot() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("transactions", transactions.sum());
    all.put("commits", groups.sum());
    all.put("commit_batch_max", groupMax.get());
    all.put("metadata_bytes", batchBytes.sum());
    all.put("flushes", flushes.sum());
    all.put("reads", reads.sum());
    all.put("read_bytes", readBytes.sum());
    all.put("pipe_read_bytes", pipeReadBytes.sum());
    all.put("page_read_bytes", pageReadBytes.sum());
    all.put("pipe_reads_refused", pipesRefused.sum());
    all.put("rereads", rereads.sum());
    all.put("read_errors", readErrors.sum());
    all.put("flush_latency", flushTime.snapshot());
    all.put("metadata_latency", batchTime.snapshot());
    all.put("commit_latency", commitTime.snapshot());
    all.put("read_latency", readTime.snapshot());
    return all;
  }
}
