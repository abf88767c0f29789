package io.sluice.benchmarks;

import io.sluice.benchmarks.StoreBench.Cost;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/** What the store is measured against. */
final class StorePeers {
  private static final int FIO_SECONDS = 3;
  private static final int PATIENCE_SECONDS = 120;

  private StorePeers() {}

  static boolean hasFio() {
    try {
      run(List.of("fio", "--version"));
      return true;
    } catch (IOException e) {
      return false;
    }
  }

  static String run(List<String> command) throws IOException {
    Path out = Files.createTempFile("sluice", "out");
    try {
      Process process =
          new ProcessBuilder(command)
              .redirectErrorStream(true)
              .redirectOutput(out.toFile())
              .redirectInput(ProcessBuilder.Redirect.from(Path.of("/dev/null").toFile()))
              .start();
      try {
        if (!process.waitFor(PATIENCE_SECONDS, TimeUnit.SECONDS) || process.exitValue() != 0) {
          throw new IOException(String.join(" ", command) + ": " + Files.readString(out));
        }
      } finally {
        process.destroyForcibly();
      }
      return Files.readString(out);
    } catch (InterruptedException e) {
      throw new IOException("interrupted", e);
    } finally {
      Files.delete(out);
    }
  }

  /** The C loop: pipes to O_DIRECT file, fdatasync for each object. */
  static Cost spliceLoop(Path work, int objectBytes, int count) throws IOException {
    String[] numbers =
        run(List.of(
                work.resolve("store_path").toString(),
                work.resolve("c.file").toString(),
                "" + (64L * objectBytes),
                "" + objectBytes,
                "" + count))
            .trim()
            .split(" ");
    return new Cost(Double.parseDouble(numbers[0]), Double.parseDouble(numbers[1]));
  }

  /** fio, io_uring, O_DIRECT, random places of a file; operations a second. */
  static double fio(Path file, String kind, int blockBytes, int depth, String... more)
      throws IOException {
    return fio(file, Files.size(file), kind, blockBytes, depth, more);
  }

  /** The same, of the first {@code bytes} of the file. */
  static double fio(Path file, long bytes, String kind, int blockBytes, int depth, String... more)
      throws IOException {
    List<String> command =
        new ArrayList<>(
            List.of(
                "fio",
                "--name=peer",
                "--filename=" + file,
                "--size=" + bytes,
                "--rw=" + kind,
                "--bs=" + blockBytes,
                "--iodepth=" + depth,
                "--ioengine=io_uring",
                "--direct=1",
                "--time_based",
                "--runtime=" + FIO_SECONDS,
                "--minimal"));
    command.addAll(List.of(more));
    String out = run(command);
    for (String line : out.split("\n")) {
      String[] fields = line.split(";");
      if (fields.length > 48) { // terse version 3: read iops is field 8, write iops field 49
        return Double.parseDouble(fields[kind.contains("read") ? 7 : 48]);
      }
    }
    throw new IOException("fio said " + out);
  }

  /** One waiting write of {@link #rocks}. */
  private record Put(byte[] key, byte[] value, StoreBench.Ended ended) {}

  /** Bare RocksDB: one committer merges what waits into synced batches; WAL files recycled. */
  static Cost rocks(Path dir, int count, int depth, int bytes) throws Exception {
    byte[] value = new byte[bytes];
    new Random(2).nextBytes(value);
    LinkedBlockingQueue<Put> waiting = new LinkedBlockingQueue<>();
    try (Options options =
            new Options()
                .setCreateIfMissing(true)
                .setWriteBufferSize(8 << 20)
                .setMaxWriteBufferNumber(3)
                .setMaxTotalWalSize(32 << 20)
                .setRecycleLogFileNum(4)
                .setMaxBackgroundJobs(2)
                .setCompressionType(org.rocksdb.CompressionType.NO_COMPRESSION);
        WriteOptions synced = new WriteOptions().setSync(true);
        RocksDB db = RocksDB.open(options, dir.toString())) {
      Thread committer = new Thread(() -> commitAll(db, synced, waiting), "peer-commit");
      committer.setDaemon(true);
      committer.start();
      warm(waiting, value, depth);
      Cost cost =
          StoreBench.measure(
              count, depth, (n, ended) -> waiting.add(new Put(key(n % 4096), value, ended)));
      committer.interrupt();
      committer.join(TimeUnit.SECONDS.toMillis(PATIENCE_SECONDS));
      return cost;
    }
  }

  /** Until its WAL files are recycled ones. */
  private static void warm(LinkedBlockingQueue<Put> waiting, byte[] value, int depth)
      throws Exception {
    StoreBench.measure(
        20_000, 256, (n, ended) -> waiting.add(new Put(key(n % 4096), value, ended)));
  }

  private static byte[] key(int number) {
    return ("object-" + number).getBytes(StandardCharsets.US_ASCII);
  }

  private static void commitAll(RocksDB db, WriteOptions synced, LinkedBlockingQueue<Put> waiting) {
    List<Put> group = new ArrayList<>();
    try {
      while (true) {
        group.add(waiting.take());
        waiting.drainTo(group, 1023);
        try (WriteBatch batch = new WriteBatch()) {
          for (Put put : group) {
            batch.put(put.key(), put.value());
          }
          db.write(synced, batch);
        }
        group.forEach(put -> put.ended().ended(null));
        group.clear();
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (org.rocksdb.RocksDBException e) {
      group.forEach(put -> put.ended().ended(e));
    }
  }
}
