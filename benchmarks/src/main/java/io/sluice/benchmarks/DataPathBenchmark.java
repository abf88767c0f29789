package io.sluice.benchmarks;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Endpoint;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Progress;
import io.sluice.bufferlist.Sockets;
import io.sluice.bufferlist.SpliceReader;
import io.sluice.bufferlist.SpliceWriter;
import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.io.PrintStream;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;

/**
 * file -> list -> file and socket -> list -> file, through pipes and through memory, alternating
 * with a C program that does the least ({@code benchmarks/limits/data_path.c}), in the same minute.
 *
 * <p>Prints, per path and size, the median and the spread (smallest to largest round) of the time
 * per operation, the CPU time of the thread that moves the bytes, and the ratio to C. Arguments: a
 * folder on the disk in question, the number of rounds, and the sizes in KiB (all of them when none
 * is given).
 */
public final class DataPathBenchmark {
  private static final long SPAN = 64 << 20;
  private static final int[] SIZES = {
    4 << 10, 8 << 10, 16 << 10, 32 << 10, 64 << 10, 128 << 10, 256 << 10, 1 << 20, 4 << 20
  };

  /** Page-sized pieces in skbs of their own: k * 4096 + 12 bytes of timestamps. */
  private static final int SEGMENT = 2 * 4096 + 12;

  private record Sample(double nanos, double cpuNanos) {}

  private final Path folder;
  private final int rounds;
  private final PrintStream out = System.out;
  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(Linux.instance(), meter, 16);

  private DataPathBenchmark(Path folder, int rounds) {
    this.folder = folder;
    this.rounds = rounds;
  }

  public static void main(String[] args) throws IOException, InterruptedException {
    if (args.length < 2) {
      System.err.println(
          "usage: DataPathBenchmark FOLDER ROUNDS [KIB...], FOLDER on the disk asked");
      System.exit(2);
    }
    int[] sizes = new int[args.length - 2];
    for (int i = 0; i < sizes.length; i++) {
      sizes[i] = Integer.parseInt(args[i + 2]) << 10;
    }
    new DataPathBenchmark(Path.of(args[0]), Integer.parseInt(args[1]))
        .run(sizes.length == 0 ? SIZES : sizes);
  }

  private void run(int[] sizes) throws IOException, InterruptedException {
    Files.createDirectories(folder);
    Path program = folder.resolve("data_path");
    exec("cc", "-O2", "-o", program.toString(), "benchmarks/limits/data_path.c");
    byte[] zeros = new byte[(int) SPAN];
    Arrays.fill(zeros, (byte) 7);
    Files.write(folder.resolve("from"), zeros);
    Files.write(folder.resolve("to"), zeros);
    exec("sync");
    out.println(
        "path    size       way     ours us (spread)        C us (spread)     ratio"
            + "   ours cpu us   C cpu us   ratio");
    for (String path : new String[] {"file", "socket"}) {
      for (int size : sizes) {
        for (String way : new String[] {"splice", "memory"}) {
          compare(program, path, way, size);
        }
      }
    }
    out.println("counters " + meter.snapshot());
    pool.close();
    for (String name : new String[] {"from", "to", "data_path"}) {
      Files.delete(folder.resolve(name));
    }
  }

  private void compare(Path program, String path, String way, int size)
      throws IOException, InterruptedException {
    int count = (int) Math.max(16, Math.min(2000, SPAN / size));
    ours(path, way, size, count); // warm
    List<Sample> ours = new ArrayList<>();
    List<Sample> limit = new ArrayList<>();
    for (int round = 0; round < rounds; round++) {
      String from = folder.resolve("from").toString();
      String to = folder.resolve("to").toString();
      String[] numbers =
          exec(program.toString(), path, way, "" + size, "" + count, from, to).trim().split(" ");
      limit.add(new Sample(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1])));
      ours.add(ours(path, way, size, count));
    }
    out.printf(
        "%-7s %7d KiB %-7s %9.1f (%.1f-%.1f)  %9.1f (%.1f-%.1f)  %5.2f  %10.1f %10.1f %8.2f%n",
        path,
        size >> 10,
        way,
        micros(ours, 0.5),
        micros(ours, 0),
        micros(ours, 1),
        micros(limit, 0.5),
        micros(limit, 0),
        micros(limit, 1),
        micros(ours, 0.5) / micros(limit, 0.5),
        cpu(ours),
        cpu(limit),
        cpu(ours) / cpu(limit));
  }

  private static double micros(List<Sample> samples, double quantile) {
    double[] sorted = samples.stream().mapToDouble(Sample::nanos).sorted().toArray();
    return sorted[(int) Math.round(quantile * (sorted.length - 1))] / 1000;
  }

  private static double cpu(List<Sample> samples) {
    double[] sorted = samples.stream().mapToDouble(Sample::cpuNanos).sorted().toArray();
    return sorted[sorted.length / 2] / 1000;
  }

  private Sample ours(String path, String way, int size, int count)
      throws IOException, InterruptedException {
    Linux linux = Linux.instance();
    int to = linux.open(folder.resolve("to").toString(), Sys.O_RDWR | Sys.O_DIRECT, 0);
    int alignment = linux.directIoAlignment(folder.resolve("to").toString());
    int pipesFrom = way.equals("splice") ? 0 : Integer.MAX_VALUE;
    int from = -1;
    int[] ends = null;
    Thread sender = null;
    AtomicReference<Exception> failure = new AtomicReference<>();
    if (path.equals("file")) {
      from = linux.open(folder.resolve("from").toString(), Sys.O_RDONLY | Sys.O_DIRECT, 0);
    } else {
      ends = Sockets.tcp(SEGMENT, SEGMENT);
      int socket = ends[0];
      sender = new Thread(() -> send(socket, size, count, failure));
      sender.start();
    }
    long started = System.nanoTime();
    long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
    for (int i = 0; i < count; i++) {
      long at = (long) i * size % SPAN;
      Endpoint source =
          ends == null ? Endpoint.directFile(from, at, alignment) : Endpoint.socket(ends[1]);
      move(source, size, pipesFrom, Endpoint.directFile(to, at, alignment));
    }
    double cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
    double nanos = System.nanoTime() - started;
    if (sender != null) {
      sender.join();
      Sockets.close(ends);
    } else {
      linux.close(from);
    }
    linux.close(to);
    if (failure.get() != null) {
      throw new IOException("the sender failed", failure.get());
    }
    return new Sample(nanos / count, cpuNanos / count);
  }

  private void move(Endpoint from, int size, int pipesFrom, Endpoint to) throws IOException {
    try (SpliceReader reader = new SpliceReader(pool, meter, from, size, pipesFrom)) {
      if (reader.finish() != Progress.DONE) {
        throw new IOException("ended early: " + reader);
      }
      try (BufferList list = reader.claim();
          SpliceWriter writer = new SpliceWriter(pool, list, to)) {
        writer.finish();
      }
    }
  }

  /** Pages of a memfd, as our client sends them. */
  private static void send(int socket, int size, int count, AtomicReference<Exception> failure) {
    Linux linux = Linux.instance();
    int memfd = linux.memfdCreate("payload", 1);
    linux.fallocate(memfd, 0, 0, size);
    for (int i = 0; i < count && failure.get() == null; i++) {
      for (long at = 0; at < size; ) {
        long sent = linux.sendfile(socket, memfd, at, size - at);
        if (sent > 0) {
          at += sent;
        } else if (sent == -Sys.EAGAIN) {
          linux.poll(socket, Sys.POLLOUT, 1000);
        } else {
          failure.set(new IOException("sendfile: " + sent));
          break;
        }
      }
    }
    linux.close(memfd);
  }

  private static String exec(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes());
    if (process.waitFor() != 0) {
      throw new IOException(String.join(" ", command) + " failed with " + process.exitValue());
    }
    return text;
  }
}
