package io.sluice.benchmarks;

import io.sluice.client.CephConf;
import io.sluice.client.Cluster;
import io.sluice.client.ClusterConfig;
import io.sluice.client.IoContext;
import io.sluice.client.Payload;
import io.sluice.client.RadosException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Semaphore;
import org.apache.commons.math3.stat.descriptive.DescriptiveStatistics;

/**
 * Writes objects of one size for some seconds through our own client, many in flight, and prints
 * MB/s and the latencies: {@code PutBenchmark CEPH_CONF POOL SECONDS IN_FLIGHT OBJECT_BYTES}.
 *
 * <p>Each object's bytes are copied into a fresh payload, as a caller's would be; copying and
 * checksumming count.
 */
public final class PutBenchmark {
  private final IoContext pool;
  private final int inFlight;
  private final byte[] content;
  private final ConcurrentLinkedQueue<Long> latencies = new ConcurrentLinkedQueue<>();

  private PutBenchmark(IoContext pool, int inFlight, int objectBytes) {
    this.pool = pool;
    this.inFlight = inFlight;
    this.content = new byte[objectBytes];
    new Random(1).nextBytes(content);
  }

  public static void main(String[] args) throws IOException, RadosException, InterruptedException {
    if (args.length != 5) {
      System.err.println("usage: PutBenchmark CEPH_CONF POOL SECONDS IN_FLIGHT OBJECT_BYTES");
      System.exit(2);
    }
    ClusterConfig config = ClusterConfig.of(CephConf.read(Path.of(args[0])).monHosts());
    try (Cluster cluster = Cluster.connect(config)) {
      IoContext pool = Cluster.await(cluster.open(args[1]));
      PutBenchmark benchmark =
          new PutBenchmark(pool, Integer.parseInt(args[3]), Integer.parseInt(args[4]));
      System.out.println(benchmark.run(Integer.parseInt(args[2])));
    }
  }

  private String run(int seconds) throws InterruptedException, RadosException {
    Semaphore places = new Semaphore(inFlight);
    ConcurrentLinkedQueue<Throwable> failures = new ConcurrentLinkedQueue<>();
    long start = System.nanoTime();
    long count = 0;
    while (System.nanoTime() - start < seconds * 1_000_000_000L && failures.isEmpty()) {
      places.acquire();
      long begun = System.nanoTime();
      Payload payload = pool.cluster().payloads().copyOf(ByteBuffer.wrap(content));
      pool.writeFull("put_benchmark_" + count++ % 256, payload)
          .whenComplete(
              (version, error) -> {
                latencies.add(System.nanoTime() - begun);
                if (error != null) {
                  failures.add(error);
                }
                places.release();
              });
    }
    places.acquire(inFlight);
    double elapsed = (System.nanoTime() - start) / 1e9;
    if (!failures.isEmpty()) {
      throw new IllegalStateException("a write failed", failures.peek());
    }
    DescriptiveStatistics millis = new DescriptiveStatistics();
    latencies.forEach(nanos -> millis.addValue(nanos / 1e6));
    return String.format(
        "%d objects of %d bytes, %d in flight: %.1f MB/s, latency ms p50 %.1f p99 %.1f max %.1f",
        count,
        content.length,
        inFlight,
        count * content.length / 1e6 / elapsed,
        millis.getPercentile(50),
        millis.getPercentile(99),
        millis.getMax());
  }
}
