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
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.lang.management.ManagementFactory;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;

/**
 * file -> list -> file and socket -> list -> file, by us and by a C program that does the least
 * ({@code benchmarks/limits/data_path.c}): the same files, sender, pipes, flags and flush.
 *
 * <p><b>Owns</b> its files, the pipes, and the processes it starts, which end with each sample.
 */
final class DataPath implements AutoCloseable {
  /** How the bytes travel, and whether the files are opened with O_DIRECT. */
  enum Way {
    MEMORY(true),
    CACHE(false),
    DIRECT(true);

    final boolean direct;

    Way(boolean direct) {
      this.direct = direct;
    }

    String word() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** What is moved: {@code size} bytes per operation. */
  record Move(boolean fromSocket, Way way, int size) {
    int count() {
      return (int) Math.max(32, Math.min(2000, SPAN / size));
    }
  }

  /** Of one operation: time, and CPU time of the process that moves the bytes, less compilers. */
  record Sample(double nanos, double cpuNanos) {}

  private static final long SPAN = 64 << 20;

  /** As in data_path.c. */
  private static final int SEGMENT = 2 * 4096 + 12;

  private static final int TIMEOUT_SECONDS = 60;

  private final Path folder;
  private final Path program;
  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(Linux.instance(), meter, 16);
  private final int alignment;

  /**
   * @param folder on the disk in question; made, and removed by {@link #close}
   * @param source of the C program
   */
  DataPath(Path folder, Path source) throws IOException, InterruptedException {
    this.folder = folder;
    this.program = folder.resolve("data_path");
    Files.createDirectories(folder);
    run("cc", "-O2", "-o", program.toString(), source.toString());
    byte[] content = new byte[(int) SPAN];
    Arrays.fill(content, (byte) 7);
    Files.write(folder.resolve("from"), content);
    Files.write(folder.resolve("to"), content);
    run("sync", folder.toString());
    alignment = Linux.instance().directIoAlignment(folder.resolve("to").toString());
    if (alignment <= 0) {
      throw new IOException(folder + " is on a file system without O_DIRECT: name another folder");
    }
  }

  CopyMeter meter() {
    return meter;
  }

  /** The C program, once. */
  Sample limit(Move move) throws IOException, InterruptedException {
    Process sender = move.fromSocket() ? sender(move) : null;
    try {
      String source = sender == null ? "file" : "" + portOf(sender);
      String[] numbers =
          run(
                  program.toString(),
                  "move",
                  source,
                  move.way().word(),
                  "" + move.size(),
                  "" + move.count(),
                  folder.resolve("from").toString(),
                  folder.resolve("to").toString())
              .trim()
              .split(" ");
      return new Sample(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
    } finally {
      end(sender);
    }
  }

  /** The same through lists. */
  Sample ours(Move move) throws IOException, InterruptedException {
    Linux linux = Linux.instance();
    int direct = move.way().direct ? Sys.O_DIRECT : 0;
    int to = linux.open(folder.resolve("to").toString(), Sys.O_RDWR | direct, 0);
    Process sender = move.fromSocket() ? sender(move) : null;
    int from =
        sender == null
            ? linux.open(folder.resolve("from").toString(), Sys.O_RDONLY | direct, 0)
            : Sockets.connect(portOf(sender), SEGMENT);
    try {
      long others = othersCpuNanos();
      long started = System.nanoTime();
      long cpu = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime();
      for (int i = 0; i < move.count(); i++) {
        long at = (long) i * move.size() % SPAN;
        move(
            move,
            sender == null ? file(move, from, at) : Endpoint.socket(from),
            file(move, to, at));
      }
      linux.fdatasync(to);
      double cpuNanos = ManagementFactory.getThreadMXBean().getCurrentThreadCpuTime() - cpu;
      double nanos = System.nanoTime() - started;
      cpuNanos += othersCpuNanos() - others;
      return new Sample(nanos / move.count(), cpuNanos / move.count());
    } finally {
      linux.close(from);
      linux.close(to);
      end(sender);
    }
  }

  private Endpoint file(Move move, int fd, long at) {
    return move.way().direct ? Endpoint.directFile(fd, at, alignment) : Endpoint.file(fd, at);
  }

  private void move(Move move, Endpoint from, Endpoint to) throws IOException {
    int pipesFrom = move.way() == Way.MEMORY ? Integer.MAX_VALUE : 0;
    try (SpliceReader reader = new SpliceReader(pool, meter, from, move.size(), pipesFrom);
        SpliceWriter writer = new SpliceWriter(pool, meter, to, move.size())) {
      Progress now = Progress.MORE;
      while (now == Progress.MORE) {
        now = reader.await(PipePool.PIPE_BYTES);
        try (BufferList part = reader.claim()) {
          writer.claimAppend(part).finish();
        }
      }
      if (now != Progress.DONE || writer.remaining() > 0) {
        throw new IOException("ended early: " + reader + ", " + writer);
      }
    }
  }

  /**
   * Of the other threads of this process, such as the collector's, but not the compilers': what
   * they compile by now is this benchmark's own.
   */
  private static long othersCpuNanos() throws IOException {
    long sum = 0;
    Path self = Path.of("/proc/thread-self").toRealPath().getFileName();
    try (DirectoryStream<Path> tasks = Files.newDirectoryStream(Path.of("/proc/self/task"))) {
      for (Path task : tasks) {
        try {
          String name = Files.readString(task.resolve("comm"));
          if (!task.getFileName().equals(self) && !name.matches("C[12] CompilerThre\\s*")) {
            sum += Long.parseLong(Files.readString(task.resolve("schedstat")).split(" ")[0]);
          }
        } catch (IOException e) {
          continue; // a thread that has just ended
        }
      }
    }
    return sum;
  }

  private Process sender(Move move) throws IOException {
    return new ProcessBuilder(program.toString(), "send", "" + move.size(), "" + move.count())
        .redirectError(ProcessBuilder.Redirect.INHERIT)
        .start();
  }

  private static int portOf(Process sender) throws IOException {
    BufferedReader said =
        new BufferedReader(
            new InputStreamReader(sender.getInputStream(), StandardCharsets.US_ASCII));
    String port = said.readLine();
    if (port == null) {
      throw new IOException("the sender ended before it said its port");
    }
    return Integer.parseInt(port);
  }

  private static void end(Process process) throws InterruptedException {
    if (process != null && !process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
    }
  }

  private static String run(String... command) throws IOException, InterruptedException {
    Process process =
        new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT).start();
    String text = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    if (!process.waitFor(TIMEOUT_SECONDS, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new IOException(String.join(" ", command) + " did not end");
    }
    if (process.exitValue() != 0) {
      throw new IOException(String.join(" ", command) + " failed with " + process.exitValue());
    }
    return text;
  }

  @Override
  public void close() throws IOException {
    pool.close();
    for (String name : new String[] {"from", "to", "data_path"}) {
      Files.deleteIfExists(folder.resolve(name));
    }
    Files.deleteIfExists(folder);
  }
}
