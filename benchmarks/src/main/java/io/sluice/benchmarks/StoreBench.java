package io.sluice.benchmarks;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.PipePool;
import io.sluice.objectstore.CollectionId;
import io.sluice.objectstore.CompactionPolicy;
import io.sluice.objectstore.DiskStore;
import io.sluice.objectstore.ObjectStore.Range;
import io.sluice.objectstore.StoreConfig;
import io.sluice.objectstore.StoreException;
import io.sluice.objectstore.Transaction;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A store to measure, and how to keep so many operations of it in flight.
 *
 * <p><b>Threads:</b> one. <b>Owns</b> store and pools.
 */
final class StoreBench implements AutoCloseable {
  static final CollectionId PG = new CollectionId(new PgId(1, 0));
  private static final long PATIENCE_SECONDS = 120;

  /** Starts one operation, whose end it tells. */
  interface Operation {
    void start(int number, Ended ended) throws Exception;
  }

  /** Told once; null = all is well. */
  interface Ended {
    void ended(Throwable failure);
  }

  /** Wall and CPU time of this process ({@link StoreCpu}), in nanoseconds, per operation. */
  record Cost(double nanos, double cpuNanos) {
    double perSecond() {
      return 1e9 / nanos;
    }

    double mbPerSecond(long bytes) {
      return bytes * 1e3 / nanos;
    }
  }

  final CopyMeter meter = new CopyMeter();
  final PipePool pipes = new PipePool(Linux.instance(), meter, 48);
  final DirectBuffers buffers = new DirectBuffers(256 << 20);
  final DiskStore store;

  /** 64 KiB of aligned zeros. */
  final MemorySegment zeros;

  StoreBench(Path dir, long bytes, CompactionPolicy compaction) throws Exception {
    StoreConfig config =
        StoreConfig.standard(meter)
            .with(pipes)
            .with(buffers)
            .with(compaction)
            .withCaches(256 << 20, 0);
    var buffer = buffers.tryAcquire(64 << 10);
    buffer.buffer().put(new byte[64 << 10]);
    zeros = buffer.claimSegment(0, 64 << 10);
    store = DiskStore.create(dir, new UUID(1, 2), 0, bytes, config);
    commit(new Transaction(PG).add(new Transaction.CreateCollection()));
  }

  static ObjectId object(int number) {
    return ObjectId.head(1, "", "", "object-" + number, number * 0x9e3779b1);
  }

  void commit(Transaction transaction) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    store.commit(transaction, done::countDown);
    if (!done.await(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("no commit in " + PATIENCE_SECONDS + " s");
    }
  }

  static Transaction write(int number, long offset, io.sluice.objectstore.StagedWrite data) {
    return new Transaction(PG).add(new Transaction.Write(object(number), offset, data));
  }

  /** Objects of aligned memory, whole. */
  void fill(int objects, int bytes) throws Exception {
    byte[] content = new byte[bytes];
    new java.util.Random(1).nextBytes(content);
    ChecksumVector vector = ChecksumVector.of(content, 0, bytes);
    measure(
        objects,
        8,
        (n, ended) -> {
          BufferList list = new BufferList();
          var buffer = buffers.tryAcquire(bytes);
          buffer.buffer().put(content);
          list.claimAppend(buffer.claimSegment(0, bytes));
          commit(write(n, 0, store.claimStage(list, vector)), ended);
        });
  }

  void commit(Transaction transaction, Ended ended) {
    store.commit(transaction, () -> ended.ended(null));
  }

  void read(int number, long offset, long length, Ended ended) {
    read(number, List.of(new Range(offset, length)), ended);
  }

  void read(int number, List<Range> ranges, Ended ended) {
    store
        .read(PG, object(number), ranges)
        .whenComplete(
            (bytes, failure) -> {
              if (bytes != null) {
                bytes.close();
              }
              ended.ended(failure);
            });
  }

  /** Keeps {@code depth} operations in flight until {@code count} have ended. */
  static Cost measure(int count, int depth, Operation operation) throws Exception {
    Semaphore room = new Semaphore(depth);
    AtomicReference<Throwable> failed = new AtomicReference<>();
    long began = System.nanoTime();
    long cpuBegan = StoreCpu.nanos();
    for (int i = 0; i < count && failed.get() == null; i++) {
      acquire(room, 1);
      operation.start(
          i,
          failure -> {
            if (failure != null) {
              failed.compareAndSet(null, failure);
            }
            room.release();
          });
    }
    acquire(room, depth);
    if (failed.get() != null) {
      throw new StoreException(StoreException.Kind.READ_ERROR, "operation failed", failed.get());
    }
    double nanos = System.nanoTime() - began;
    return new Cost(nanos / count, (double) (StoreCpu.nanos() - cpuBegan) / count);
  }

  /**
   * The same, but each end begins the next operation, in the store's thread that tells it: one loop
   * submits and reaps, as fio's does.
   */
  static Cost inTurn(int count, int depth, Operation operation) throws Exception {
    StoreTurns turns = new StoreTurns(count, depth, operation);
    long began = System.nanoTime();
    long cpuBegan = StoreCpu.nanos();
    turns.run(Duration.ofSeconds(PATIENCE_SECONDS));
    double nanos = System.nanoTime() - began;
    return new Cost(nanos / count, (double) (StoreCpu.nanos() - cpuBegan) / count);
  }

  private static void acquire(Semaphore room, int count) throws InterruptedException {
    if (!room.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
      throw new IllegalStateException("nothing ended in " + PATIENCE_SECONDS + " s");
    }
  }

  @Override
  public void close() {
    store.close();
    zeros.release();
    buffers.close();
    pipes.close();
  }
}
