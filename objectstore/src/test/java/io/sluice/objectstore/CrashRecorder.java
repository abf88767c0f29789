package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Intercepted;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.rocksdb.Statistics;
import org.rocksdb.TickerType;

/**
 * Runs a generated script of transactions on a real store and notes what reaches its disk: the
 * calls on data files, and what each write of the database appended to its log and whether it
 * synced it.
 *
 * <p>The bytes of a write are read back when it has returned, so that it does not matter whether
 * they came from memory or from a pipe.
 */
final class CrashRecorder implements AutoCloseable {
  static final Mkfs.Identity OWNER = new Mkfs.Identity(DiskStoreTest.FSID, 0);
  private static final long STORE_BYTES = 8 << 20;
  private static final int READ_BYTES = 1 << 20;
  private static final int IN_FLIGHT_MAX = 6;
  private static final int PATIENCE_SECONDS = 60;
  private static final int FALLOC_FL_PUNCH_HOLE = 2;

  /** A data file of the store, and our own descriptor to read back with. */
  private record Opened(int file, int reader) {}

  private final Sys real = Linux.instance();
  private final Path dir;
  private final Manner manner;
  private final Statistics statistics = new Statistics();
  private final Map<Integer, Opened> opened = new ConcurrentHashMap<>();
  private final Map<String, byte[]> logs = new HashMap<>();
  private final List<CrashTrace.DataWrite> data = new ArrayList<>();
  private final List<CrashTrace.Flush> flushes = new ArrayList<>();
  private final List<CrashTrace.LogWrite> log = new ArrayList<>();
  private final List<CrashTrace.Committed> committed = new ArrayList<>();
  private int steps;
  private int ringWrites;

  /**
   * How the store is run.
   *
   * @param ring whole blocks come as aligned memory and are written by io_uring
   */
  record Manner(CompactionPolicy compaction, boolean ring) {
    StoreConfig apply(StoreConfig config, UnaryOperator<IoQueue> watched) {
      StoreConfig compacted = config.with(compaction);
      return ring ? compacted.throughRing(watched) : compacted;
    }
  }

  private CrashRecorder(Path dir, Manner manner) {
    this.manner = manner;
    this.dir = dir;
  }

  /** The trace of {@code transactions} transactions, made from the seed. */
  static CrashTrace record(Path dir, long seed, int transactions, boolean ring) throws Exception {
    Mkfs.make(dir, OWNER, STORE_BYTES, Linux.instance());
    // Every other script is compacted as it goes, whenever two extents could be one.
    CompactionPolicy compaction =
        seed % 2 == 0 ? CompactionPolicy.never() : new CompactionPolicy(1, 1 << 20, 0.1, 1L << 40);
    Manner manner = new Manner(compaction, ring);
    try (CrashRecorder recorder = new CrashRecorder(dir, manner)) {
      return recorder.run(seed, transactions);
    }
  }

  private CrashTrace run(long seed, int count) throws Exception {
    StoreModel onDisk = new StoreModel(new Random(seed));
    StoreModel inMemory = new StoreModel(new Random(seed));
    Random pace = new Random(seed);
    List<Transaction> twins = new ArrayList<>();
    List<Integer> order = new ArrayList<>();
    Map<String, byte[]> base;
    Semaphore inFlight = new Semaphore(IN_FLIGHT_MAX);
    try (MemoryStore memory = new MemoryStore(Runnable::run, null, 1L << 30)) {
      try (TestStore test =
          TestStore.open(dir, sys(), this::openDatabase, c -> manner.apply(c, this::watched))) {
        ObjectStore staging = manner.ring() ? AlignedStaging.before(test.store) : test.store;
        base = snapshot();
        for (int i = 0; i < count; i++) {
          int number = i;
          int wait = 1 + pace.nextInt(IN_FLIGHT_MAX); // all = until nothing is in flight
          acquire(inFlight, wait, test);
          inFlight.release(wait - 1);
          twins.add(inMemory.next(memory));
          Transaction transaction = onDisk.next(staging);
          int submitted = step();
          test.store.commit(
              transaction,
              () -> {
                synchronized (this) {
                  committed.add(new CrashTrace.Committed(submitted, step()));
                  order.add(number);
                }
                inFlight.release();
              });
        }
        acquire(inFlight, IN_FLIGHT_MAX, test);
        assertThat(ringWrites > 0).as("writes through io_uring").isEqualTo(manner.ring());
      }
      List<List<String>> states = new ArrayList<>(List.of(StoreDigest.of(memory)));
      for (int next : order) {
        memory.commit(twins.get(next), () -> {});
        states.add(StoreDigest.of(memory));
      }
      return new CrashTrace(base, steps, data, flushes, log, committed, states);
    }
  }

  private static void acquire(Semaphore inFlight, int count, TestStore test)
      throws InterruptedException {
    boolean acquired = false;
    for (int i = 0; !acquired && i < PATIENCE_SECONDS; i++) {
      acquired = inFlight.tryAcquire(count, 1, TimeUnit.SECONDS);
      assertThat(test.stops).isEmpty();
    }
    assertThat(acquired).as("committed in time").isTrue();
  }

  private synchronized int step() {
    return ++steps;
  }

  private MetadataDb openDatabase(Path path, long cacheBytes) throws IOException {
    MetadataDb db =
        RocksMetadata.open(path, cacheBytes, options -> options.setStatistics(statistics));
    return Intercepted.of(
        MetadataDb.class, db, call -> call.name().equals("write") ? written(call) : call.proceed());
  }

  private Object written(Intercepted.Call call) throws Throwable {
    int begin = step();
    long syncs = statistics.getTickerCount(TickerType.WAL_FILE_SYNCED);
    Object result = call.proceed();
    boolean synced = statistics.getTickerCount(TickerType.WAL_FILE_SYNCED) > syncs;
    int end = step();
    for (Map.Entry<String, byte[]> file : logFiles().entrySet()) {
      byte[] before = logs.getOrDefault(file.getKey(), new byte[0]);
      byte[] now = file.getValue();
      int first = Arrays.mismatch(before, now);
      if (first >= 0) {
        byte[] bytes = Arrays.copyOfRange(now, first, now.length);
        log.add(new CrashTrace.LogWrite(begin, end, synced, file.getKey(), first, bytes));
        logs.put(file.getKey(), now);
      }
    }
    return result;
  }

  private Map<String, byte[]> logFiles() throws IOException {
    Map<String, byte[]> found = new TreeMap<>();
    for (Map.Entry<String, byte[]> file : snapshot().entrySet()) {
      if (file.getKey().endsWith(".log")) {
        found.put(file.getKey(), file.getValue());
      }
    }
    return found;
  }

  /** The superblock and the database's files, without its own messages. */
  private Map<String, byte[]> snapshot() throws IOException {
    Map<String, byte[]> files = new TreeMap<>();
    try (Stream<Path> paths = Files.list(dir.resolve(Mkfs.DATABASE))) {
      for (Path path : (Iterable<Path>) paths::iterator) {
        String name = path.getFileName().toString();
        if (!name.startsWith("LO")) { // LOG, LOCK
          files.put(Mkfs.DATABASE + "/" + name, Files.readAllBytes(path));
        }
      }
    }
    files.put(Mkfs.SUPERBLOCK, Files.readAllBytes(dir.resolve(Mkfs.SUPERBLOCK)));
    return files;
  }

  private Sys sys() {
    return Intercepted.of(
        Sys.class,
        real,
        call ->
            switch (call.name()) {
              case "open" ->
                  open((String) call.argument(0), (int) call.argument(1), (int) call.argument(2));
              case "pwrite", "pwritev" ->
                  write(call, (int) call.argument(0), (long) call.argument(3));
              case "splice" -> write(call, (int) call.argument(2), (long) call.argument(3));
              case "fallocate" ->
                  fallocate(
                      (int) call.argument(0),
                      (int) call.argument(1),
                      (long) call.argument(2),
                      (long) call.argument(3));
              case "fdatasync" -> flush((int) call.argument(0));
              default -> call.proceed();
            });
  }

  private int open(String path, int flags, int mode) {
    int fd = real.open(path, flags, mode);
    String name = Path.of(path).getFileName().toString();
    if (fd >= 0 && name.startsWith("data.")) {
      int reader = real.open(path, flags, 0);
      opened.put(fd, new Opened(Integer.parseInt(name.substring(5)), reader));
    }
    return fd;
  }

  private Object write(Intercepted.Call call, int fd, long offset) throws Throwable {
    Opened to = opened.get(fd);
    if (to == null) {
      return call.proceed();
    }
    int begin = step();
    Object result = call.proceed();
    long count = (long) result;
    if (count > 0) {
      byte[] bytes = readBack(to, offset, (int) count);
      synchronized (this) {
        data.add(new CrashTrace.DataWrite(begin, step(), to.file(), offset, bytes));
      }
    }
    return result;
  }

  /** The ring, whose writes are noted as those of system calls are. */
  private IoQueue watched(IoQueue ring) {
    return Intercepted.of(
        IoQueue.class,
        ring,
        call ->
            call.name().equals("submit")
                ? call.proceedWith(0, watched((IoQueue.Transfer) call.argument(0)))
                : call.proceed());
  }

  private IoQueue.Transfer watched(IoQueue.Transfer transfer) {
    Opened to = opened.get(transfer.fd());
    if (transfer.kind() != IoQueue.Kind.WRITE || to == null) {
      return transfer;
    }
    int begin = step();
    return new IoQueue.Transfer(
        transfer.kind(),
        transfer.gathers(),
        transfer.fd(),
        transfer.offset(),
        transfer.memory(),
        result -> {
          noteRingWrite(begin, to, transfer.offset(), result);
          transfer.done(result);
        });
  }

  private void noteRingWrite(int begin, Opened to, long offset, long result) {
    if (result > 0) {
      byte[] bytes = readBack(to, offset, (int) result);
      synchronized (this) {
        ringWrites++;
        data.add(new CrashTrace.DataWrite(begin, step(), to.file(), offset, bytes));
      }
    }
  }

  private byte[] readBack(Opened from, long offset, int count) {
    ByteBuffer memory = ByteBuffer.allocateDirect(READ_BYTES + 4096).alignedSlice(4096);
    byte[] bytes = new byte[count];
    for (int done = 0; done < count; ) {
      int part = Math.min(READ_BYTES, count - done);
      long got = real.pread(from.reader(), DirectBuffers.addressOf(memory), part, offset + done);
      if (got <= 0) {
        throw new IllegalStateException("reading back: " + got);
      }
      memory.get(0, bytes, done, (int) got);
      done += (int) got;
    }
    return bytes;
  }

  private int fallocate(int fd, int mode, long offset, long length) {
    Opened to = opened.get(fd);
    int begin = step();
    int result = real.fallocate(fd, mode, offset, length);
    if (to != null && result == 0 && (mode & FALLOC_FL_PUNCH_HOLE) != 0) {
      synchronized (this) {
        byte[] zeros = new byte[(int) length];
        data.add(new CrashTrace.DataWrite(begin, step(), to.file(), offset, zeros));
      }
    }
    return result;
  }

  private int flush(int fd) {
    int begin = step();
    int result = real.fdatasync(fd);
    Opened file = opened.get(fd);
    if (file != null && result == 0) {
      synchronized (this) {
        flushes.add(new CrashTrace.Flush(begin, step(), file.file()));
      }
    }
    return result;
  }

  @Override
  public void close() {
    opened.values().forEach(file -> real.close(file.reader()));
    statistics.close();
  }
}
