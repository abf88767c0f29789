package io.sluice.objectstore;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.MappedByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/**
 * The disk as a crash leaves it: what was durable at a step of a trace, and as much of the rest as
 * chance kept.
 *
 * <p>A data write that was not flushed is there, or not, or only in some sectors of 512 bytes. A
 * log write that was not synced is there up to some byte, perhaps with sectors of zeros in it.
 *
 * <p>Goes forward only: durable bytes are written once, into mapped files; what chance adds is
 * undone before the next crash.
 */
final class CrashImage implements AutoCloseable {
  /** What becomes of the bytes that were not durable. */
  enum Tail {
    ALL,
    NONE,
    LOG_ONLY,
    DATA_ONLY,
    CHANCE
  }

  private static final int SECTOR = 512;

  private record Undo(int file, int offset, byte[] bytes) {}

  private final CrashTrace trace;
  private final Path dir;
  private final List<MappedByteBuffer> files = new ArrayList<>();
  private final List<CrashTrace.DataWrite> pending;
  private final List<CrashTrace.LogWrite> pendingLog;
  private final Map<String, byte[]> log = new HashMap<>();
  private final List<Undo> undo = new ArrayList<>();
  private int step;

  CrashImage(CrashTrace trace, Path dir) throws IOException {
    this.trace = trace;
    this.dir = dir;
    this.pending = new ArrayList<>(trace.data());
    pending.sort(Comparator.comparingInt(CrashTrace.DataWrite::end));
    this.pendingLog = new ArrayList<>(trace.log());
    Files.createDirectories(dir.resolve(Mkfs.DATABASE));
    for (Map.Entry<String, byte[]> file : trace.base().entrySet()) {
      Files.write(dir.resolve(file.getKey()), file.getValue());
    }
    Superblock real = Superblock.decode(trace.base().get(Mkfs.SUPERBLOCK));
    Superblock here = // in memory there is no O_DIRECT
        new Superblock(
            real.fsid(),
            real.osdId(),
            real.osdUuid(),
            false,
            1,
            real.totalBytes(),
            real.fileBytes());
    Files.write(dir.resolve(Mkfs.SUPERBLOCK), here.encode());
    try (RandomAccessFile file = new RandomAccessFile(DataFiles.path(dir, 0).toFile(), "rw")) {
      file.setLength(real.totalBytes());
      files.add(file.getChannel().map(FileChannel.MapMode.READ_WRITE, 0, real.totalBytes()));
    }
  }

  Path dir() {
    return dir;
  }

  /** The crash happens right after that step, which is not before the last one's. */
  void advanceTo(int next) {
    step = next;
    pending.removeIf(
        write -> {
          boolean durable = write.end() <= step && trace.isDurable(write, step);
          if (durable) {
            files.get(write.file()).put((int) write.offset(), write.bytes());
          }
          return durable;
        });
    pendingLog.removeIf(
        write -> {
          boolean durable = CrashTrace.isDurable(write, step);
          if (durable) {
            log.put(write.file(), with(log.get(write.file()), write, write.bytes()));
          }
          return durable;
        });
  }

  /** False when everything that was written is durable: then chance has nothing to choose. */
  boolean hasTail() {
    return pending.stream().anyMatch(write -> write.begin() <= step)
        || pendingLog.stream().anyMatch(write -> write.begin() <= step);
  }

  /** Makes the files what the crash leaves. */
  void crash(Tail tail, Random random) throws IOException {
    for (CrashTrace.DataWrite write : pending) {
      if (write.begin() <= step) {
        survive(write, tail, random);
      }
    }
    Map<String, byte[]> logs = new HashMap<>(log);
    for (CrashTrace.LogWrite write : pendingLog) {
      if (write.begin() <= step) {
        byte[] kept = kept(write.bytes(), tail, random);
        logs.put(write.file(), with(logs.get(write.file()), write, kept));
      }
    }
    for (Map.Entry<String, byte[]> file : logs.entrySet()) {
      Files.write(dir.resolve(file.getKey()), file.getValue());
    }
  }

  private void survive(CrashTrace.DataWrite write, Tail tail, Random random) {
    boolean all = tail == Tail.ALL || tail == Tail.DATA_ONLY;
    int fate = tail == Tail.CHANCE ? random.nextInt(3) : all ? 0 : 1;
    if (fate == 1) {
      return;
    }
    MappedByteBuffer file = files.get(write.file());
    byte[] before = new byte[write.bytes().length];
    file.get((int) write.offset(), before);
    undo.add(new Undo(write.file(), (int) write.offset(), before));
    for (int at = 0; at < before.length; at += SECTOR) {
      if (fate == 0 || random.nextBoolean()) {
        int count = Math.min(SECTOR, before.length - at);
        file.put((int) write.offset() + at, write.bytes(), at, count);
      }
    }
  }

  private static byte[] kept(byte[] bytes, Tail tail, Random random) {
    if (tail != Tail.CHANCE) {
      return tail == Tail.ALL || tail == Tail.LOG_ONLY ? bytes : new byte[0];
    }
    byte[] kept = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
    boolean torn = random.nextInt(3) == 0;
    for (int at = 0; torn && at < kept.length; at += SECTOR) {
      if (random.nextBoolean()) {
        Arrays.fill(kept, at, Math.min(kept.length, at + SECTOR), (byte) 0);
      }
    }
    return kept;
  }

  private byte[] with(byte[] file, CrashTrace.LogWrite write, byte[] bytes) {
    byte[] before = file != null ? file : trace.base().getOrDefault(write.file(), new byte[0]);
    int end = (int) write.offset() + bytes.length;
    byte[] after = Arrays.copyOf(before, Math.max(before.length, end));
    System.arraycopy(bytes, 0, after, (int) write.offset(), bytes.length);
    return after;
  }

  /** Takes back what was not durable, for the next crash. */
  void restore() throws IOException {
    for (int i = undo.size() - 1; i >= 0; i--) {
      Undo each = undo.get(i);
      files.get(each.file()).put(each.offset(), each.bytes());
    }
    undo.clear();
    for (CrashTrace.LogWrite write : pendingLog) {
      byte[] durable = log.getOrDefault(write.file(), trace.base().get(write.file()));
      if (write.begin() <= step && durable != null) {
        Files.write(dir.resolve(write.file()), durable);
      } else if (write.begin() <= step) {
        Files.deleteIfExists(dir.resolve(write.file()));
      }
    }
  }

  @Override
  public void close() throws IOException {
    Trees.delete(dir);
  }
}
