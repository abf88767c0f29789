package io.sluice.cli;

import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import io.sluice.client.LeasedBuffer;
import io.sluice.client.RadosException;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadLocalRandom;

/**
 * A simple load, with the words of {@code rados bench}: whole objects, a fixed number in flight.
 *
 * <p>A write run that keeps its objects leaves {@value #METADATA}: {@code PREFIX BYTES COUNT} in
 * ASCII. Each object begins with its number, so that reading back proves that it is the right one.
 *
 * <p>Writes leave from buffers of the library's, filled once and then only numbered, as Ceph's own
 * bench writes the same buffer again and again.
 *
 * <p><b>Threads:</b> one owner.
 */
final class Bench {
  private static final String METADATA = "sluice_bench_metadata";
  private static final double MEBIBYTE = 1 << 20;

  private final IoContext io;
  private final int inFlight;
  private final PrintStream out;
  private final boolean json;
  private final Deque<Flight> flying = new ArrayDeque<>();
  private final Latencies latencies = new Latencies();

  private final Deque<LeasedBuffer> leases = new ArrayDeque<>();

  private record Flight(
      long startNanos,
      int index,
      ByteBuffer buffer,
      LeasedBuffer lease,
      CompletableFuture<?> done) {
    Flight(long startNanos, int index, ByteBuffer buffer, CompletableFuture<?> done) {
      this(startNanos, index, buffer, null, done);
    }
  }

  /** Seconds, one per operation. */
  private static final class Latencies {
    private double[] values = new double[1024];
    private int count;

    void add(double seconds) {
      if (count == values.length) {
        values = Arrays.copyOf(values, count * 2);
      }
      values[count++] = seconds;
    }

    double[] sorted() {
      double[] all = Arrays.copyOf(values, count);
      Arrays.sort(all);
      return all;
    }
  }

  Bench(IoContext io, int inFlight, PrintStream out, boolean json) {
    this.io = io;
    this.json = json;
    this.inFlight = inFlight;
    this.out = out;
  }

  void write(int seconds, int bytes, boolean keep) throws RadosException {
    String prefix =
        "benchmark_data_"
            + ProcessHandle.current().pid()
            + "_"
            + Long.toHexString(System.currentTimeMillis());
    note(
        "Maintaining %d concurrent writes of %d bytes to objects of size %d for up to %d seconds%n",
        inFlight, bytes, bytes, seconds);
    byte[] content = new byte[bytes];
    ThreadLocalRandom.current().nextBytes(content);
    long begin = System.nanoTime();
    long end = begin + seconds * 1_000_000_000L;
    int count = 0;
    try (Progress progress = Progress.counting("writing", seconds, " s")) {
      while (System.nanoTime() < end) {
        if (flying.size() >= inFlight) {
          land(flying.poll());
          progress.reach((long) ClusterCommand.seconds(begin));
        }
        flying.add(write(name(prefix, count), count, content));
        count++;
      }
      landAll();
    }
    leases.forEach(LeasedBuffer::close);
    report("writes", count, bytes, begin);
    if (keep) {
      byte[] metadata = (prefix + " " + bytes + " " + count).getBytes(StandardCharsets.US_ASCII);
      Cluster.await(io.writeFull(METADATA, metadata));
    } else {
      cleanUp(prefix, count);
    }
  }

  private Flight write(String name, int index, byte[] content) {
    if (content.length > LeasedBuffer.BYTES_MAX) {
      stamp(ByteBuffer.wrap(content), index);
      long start = System.nanoTime();
      return new Flight(start, index, null, io.writeFull(name, content));
    }
    LeasedBuffer lease = leases.poll();
    if (lease == null) {
      lease = io.cluster().payloads().lease(content.length);
      lease.buffer().put(content);
    }
    stamp(lease.buffer(), index);
    long start = System.nanoTime();
    CompletableFuture<Long> done = io.writeFull(name, lease.payload(content.length));
    return new Flight(start, index, null, lease, done);
  }

  void readBack(int seconds) throws RadosException {
    String[] words =
        new String(Cluster.await(io.read(METADATA, 0, 4096)), StandardCharsets.US_ASCII).split(" ");
    int bytes = Integer.parseInt(words[1]);
    int count = Integer.parseInt(words[2]);
    Deque<ByteBuffer> free = new ArrayDeque<>();
    long begin = System.nanoTime();
    long end = begin + seconds * 1_000_000_000L;
    int read = 0;
    try (Progress progress = Progress.counting("reading", count, " objects")) {
      while (read < count && System.nanoTime() < end) {
        if (flying.size() >= inFlight) {
          free.push(check(flying.poll(), bytes));
        }
        ByteBuffer buffer = free.isEmpty() ? ByteBuffer.allocateDirect(bytes) : free.pop().clear();
        long start = System.nanoTime();
        flying.add(new Flight(start, read, buffer, io.read(name(words[0], read), 0, buffer)));
        read++;
        progress.reach(read);
      }
      while (!flying.isEmpty()) {
        check(flying.poll(), bytes);
      }
    }
    report("reads", read, bytes, begin);
  }

  /** Words that are no result. */
  private void note(String format, Object... values) {
    if (!json) {
      out.printf(format, values);
    }
  }

  private static String name(String prefix, int index) {
    return prefix + "_object" + index;
  }

  private static void stamp(ByteBuffer content, int index) {
    if (content.capacity() >= Integer.BYTES) {
      content.order(ByteOrder.BIG_ENDIAN).putInt(0, index);
    }
  }

  private void land(Flight flight) throws RadosException {
    Cluster.await(flight.done());
    latencies.add((System.nanoTime() - flight.startNanos()) / 1e9);
    if (flight.lease() != null) {
      leases.push(flight.lease()); // had it been sent twice, what it holds now would be as good
    }
  }

  private void landAll() throws RadosException {
    while (!flying.isEmpty()) {
      land(flying.poll());
    }
  }

  private ByteBuffer check(Flight flight, int bytes) throws RadosException {
    land(flight);
    int received = (Integer) flight.done().join();
    boolean right = bytes < Integer.BYTES || flight.buffer().getInt(0) == flight.index();
    if (received != bytes || !right) {
      throw new CommandFailure("object " + flight.index() + " is not what was written");
    }
    return flight.buffer();
  }

  private void report(String what, int count, int bytes, long beginNanos) {
    double total = ClusterCommand.seconds(beginNanos);
    double[] sorted = latencies.sorted();
    double mean = Arrays.stream(sorted).average().orElse(0);
    double last = sorted.length == 0 ? 0.0 : sorted[(int) (sorted.length * 0.99)];
    if (json) {
      Map<String, Object> all = new LinkedHashMap<>();
      all.put("total_time_run", total);
      all.put("total_" + what + "_made", count);
      all.put("object_size", bytes);
      all.put("bandwidth", count * (double) bytes / MEBIBYTE / total);
      all.put("average_iops", Math.round(count / total));
      all.put("average_latency", mean);
      all.put("latency_p99", last);
      OutputFormat.printJson(all);
      return;
    }
    line("Total time run:         %.5f", total);
    line("Total " + what + " made:      %d", count);
    line("Object size:            %d", bytes);
    line("Bandwidth (MB/sec):     %.3f", count * (double) bytes / MEBIBYTE / total);
    line("Average IOPS:           %d", Math.round(count / total));
    line("Average Latency(s):     %.6f", mean);
    line("Max latency(s):         %.6f", sorted.length == 0 ? 0.0 : sorted[sorted.length - 1]);
    line("Min latency(s):         %.6f", sorted.length == 0 ? 0.0 : sorted[0]);
    line("99th percentile(s):     %.6f", last);
  }

  private void line(String format, Object value) {
    out.println(String.format(Locale.ROOT, format, value));
  }

  private void cleanUp(String prefix, int count) throws RadosException {
    try (Progress progress = Progress.counting("removing", count, " objects")) {
      for (int i = 0; i < count; i++) {
        if (flying.size() >= inFlight) {
          Cluster.await(flying.poll().done());
        }
        flying.add(new Flight(0, i, null, io.remove(name(prefix, i))));
        progress.reach(i + 1L);
      }
      while (!flying.isEmpty()) {
        Cluster.await(flying.poll().done());
      }
    }
    note("Removed %d objects%n", count);
  }
}
