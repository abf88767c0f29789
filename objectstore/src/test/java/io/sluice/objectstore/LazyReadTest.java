package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.B;
import static io.sluice.objectstore.ObjectStoreContract.PG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Intercepted;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.Sys;
import java.io.ByteArrayOutputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** Large reads leave as pipes, piece by piece, and what they read stays as it was. */
class LazyReadTest extends LazyReads {
  /** Blocks return a little after the callback. */
  private void awaitUsed(long bytes) throws InterruptedException {
    long used = -1;
    for (int i = 0; i < 3000; i++) {
      used = store.space().total() - store.space().free();
      if (used == bytes) {
        return;
      }
      Thread.sleep(10);
    }
    throw new AssertionError(used + " bytes are in use, and not " + bytes);
  }

  @Test
  void shouldBringLargeReadsInPipesThatNobodyLookedAt() throws Exception {
    open(Linux.instance());
    byte[] content = bytes(3 * MIB + 5000, 1);
    write(A, content);
    long readBefore = meter.readBytes();
    ObjectStore.LazyRead read = lazily(0, Long.MAX_VALUE);
    assertThat(read.checksums()).isEqualTo(ChecksumVector.of(content, 0, content.length));
    assertThat(read.bytes().length()).isEqualTo(content.length);
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    long looked = -1;
    try (var source = read.bytes()) {
      while (source.remaining() > 0) {
        BufferList piece = source.next().get(30, TimeUnit.SECONDS);
        looked = meter.readBytes() - readBefore;
        assertThat(piece.hasPipes()).isTrue();
        assertThat(piece.length()).isLessThanOrEqualTo(MIB + 4096);
        assertThat(pool.inUse()).isEqualTo(1);
        all.write(piece.claimBytes(pool, io.sluice.bufferlist.Inspection.COMPARE));
      }
    }
    assertThat(all.toByteArray()).isEqualTo(content);
    // Only the last block, which is not whole, came through memory, checked.
    assertThat(looked).isLessThanOrEqualTo(content.length % 4096);
    assertThat(store.perf().get("pipe_read_bytes")).isEqualTo((long) content.length / 4096 * 4096);
    assertThat(pool.inUse()).isZero();
  }

  @Test
  void shouldTellTheDiskOfAllItsBlocksBeforeTheFirstOfThem() throws Exception {
    List<String> calls = new CopyOnWriteArrayList<>();
    open(noting(calls));
    byte[] content = bytes(3 * MIB + 5000, 12);
    write(A, content);
    assertThat(calls).isNotEmpty().allMatch("advice 1, 0 bytes"::equals); // nothing read ahead
    calls.clear();
    assertThat(allOf(lazily(0, Long.MAX_VALUE), pool)).isEqualTo(content);
    String all = "advice 3, " + MIB + " bytes";
    assertThat(calls).startsWith(all, all, all, "advice 3, 4096 bytes", "splice");
    assertThat(calls.subList(4, calls.size())).allMatch("splice"::equals);
    calls.clear();
    assertThat(allOf(lazily(100, 500_000), pool)).hasSize(500_000); // not by pages: no advice
    assertThat(calls).isEmpty();
  }

  @Test
  void shouldTellTheDiskOfReadsWhoseTurnIsFar() throws Exception {
    List<String> calls = new CopyOnWriteArrayList<>();
    open(noting(calls));
    byte[] content = bytes(2 * MIB, 13);
    write(A, content);
    calls.clear();
    List<ObjectStore.LazyRead> reads = new ArrayList<>();
    for (int i = 0; i < 70; i++) { // 140 MiB, of which 128 are told
      reads.add(lazily(0, Long.MAX_VALUE));
    }
    awaitCalls(calls, 64 * 2);
    reads.get(0).bytes().close();
    for (int i = 0; i < 3000 && calls.size() == 64 * 2; i++) {
      reads.add(lazily(0, Long.MAX_VALUE)); // one of them in its place, once who told of it is done
      Thread.sleep(10);
    }
    awaitCalls(calls, 65 * 2);
    assertThat(calls).containsOnly("advice 3, " + MIB + " bytes");
    calls.clear();
    assertThat(allOf(reads.remove(1), pool)).isEqualTo(content);
    assertThat(calls).as("told once").containsOnly("splice");
    for (ObjectStore.LazyRead read : reads.subList(1, reads.size())) {
      read.bytes().close();
    }
    assertThat(pool.inUse()).isZero();
    StageProperties.commit(store, new Transaction(PG).add(new Transaction.Remove(A)));
    awaitUsed(0);
  }

  private static void awaitCalls(List<String> calls, int count) throws InterruptedException {
    for (int i = 0; i < 3000 && calls.size() < count; i++) {
      Thread.sleep(10);
    }
    assertThat(calls).hasSize(count);
  }

  /** Notes what is said of files, and what is spliced out of them. */
  private static Sys noting(List<String> calls) {
    return Intercepted.of(
        Sys.class,
        Linux.instance(),
        call -> {
          if (call.name().equals("fadvise")) {
            calls.add("advice " + call.argument(3) + ", " + call.argument(2) + " bytes");
            return -Sys.EINVAL; // and whether it is taken changes nothing
          }
          if (call.name().equals("splice") && (long) call.argument(3) < 0) {
            calls.add("splice");
          }
          return call.proceed();
        });
  }

  private long counted(String name) {
    return (long) store.perf().get(name);
  }

  @Test
  void shouldLookOnceAtPagesThatAreKept() throws Exception {
    open(Linux.instance());
    store.caches().pipesMax(8);
    byte[] content = bytes(3 * MIB + 5000, 1);
    write(A, content);
    assertThat(allOf(checked(), pool)).isEqualTo(content);
    assertThat(counted("checked_pipes_bytes")).isEqualTo(3 * MIB + 4096);
    long looked = meter.readBytes();
    for (int i = 0; i < 3; i++) {
      assertThat(allOf(checked(), pool)).isEqualTo(content);
    }
    assertThat(counted("checked_pipes_hits")).isEqualTo(3 * 4);
    assertThat(counted("checked_pipes_misses")).isEqualTo(4);
    assertThat(meter.readBytes() - looked).isLessThan(3L * 3 * MIB + 3 * 5000 + 100_000);
    store.caches().drop();
    assertThat(counted("checked_pipes_bytes")).isZero();
    assertThat(allOf(checked(), pool)).isEqualTo(content);
  }

  @Test
  void shouldLookOnceForReadsOfDifferentLengths() throws Exception {
    open(Linux.instance());
    store.caches().pipesMax(8);
    byte[] content = bytes(2 * MIB, 3);
    write(A, content);
    ObjectStore.Range half = new ObjectStore.Range(0, MIB / 2);
    ObjectStore.Range whole = new ObjectStore.Range(0, 2 * MIB);
    for (ObjectStore.Range range : List.of(half, whole, whole, half)) {
      byte[] expected = Arrays.copyOf(content, (int) range.length());
      assertThat(allOf(read(A, range, true), pool)).isEqualTo(expected);
    }
    assertThat(counted("checked_pipes_bytes")).isEqualTo(2 * MIB);
    assertThat(counted("checked_pipes_misses")).isEqualTo(1 + 2);
    assertThat(counted("checked_pipes_hits")).isEqualTo(2 + 1);
    assertThat(meter.owners().get("cache:checked_pipes"))
        .containsEntry("pipes_in_use", 2L)
        .containsEntry("teed_bytes", 2L * MIB + MIB / 2);
    assertThat(meter.snapshot()).containsEntry("pipes_in_use", 0L);
  }

  /** Blocks are used again and again, and pages of what lay there before are kept. */
  @Test
  void shouldNeverGiveKeptPagesOfWhatWasWrittenThereBefore() throws Exception {
    open(Linux.instance());
    store.caches().pipesMax(3);
    for (int i = 0; i < 60; i++) {
      byte[] content = bytes(MIB + (i % 3) * MIB / 2, i);
      write(i % 2 == 0 ? A : B, content);
      for (int j = 0; j < 3; j++) {
        ObjectStore.LazyRead read =
            read(i % 2 == 0 ? A : B, new ObjectStore.Range(0, content.length), true);
        assertThat(allOf(read, pool)).as("write %d", i).isEqualTo(content);
      }
      assertThat(counted("checked_pipes_bytes")).isLessThanOrEqualTo(3 * MIB);
    }
    assertThat(counted("checked_pipes_hits")).isPositive();
  }

  @Test
  void shouldCheckInMemoryWhatHasNoBlocksOfItsOwn() throws Exception {
    open(Linux.instance());
    byte[] content = bytes(MIB, 2);
    write(A, content);
    ObjectStore.LazyRead odd = lazily(100, 500_000);
    assertThat(odd.checksums()).isNull();
    assertThat(allOf(odd, pool)).isEqualTo(Arrays.copyOfRange(content, 100, 500_100));
    ObjectStore.LazyRead cutBlock = lazily(0, 500_000);
    assertThat(cutBlock.checksums()).isNull();
    assertThat(allOf(cutBlock, pool)).isEqualTo(Arrays.copyOf(content, 500_000));
    ObjectStore.LazyRead small = lazily(4096, 4096);
    assertThat(small.checksums()).isNull();
    assertThat(allOf(small, pool)).isEqualTo(Arrays.copyOfRange(content, 4096, 8192));
    assertThat(lazily(5 * MIB, 10).bytes().length()).isZero();
  }

  @Test
  void shouldKeepItsBlocksAndNoOthersUntilClosed() throws Exception {
    open(Linux.instance());
    byte[] content = bytes(4 * MIB, 3);
    write(A, content);
    write(B, bytes(4 * MIB, 4));
    ObjectStore.LazyRead read = lazily(0, Long.MAX_VALUE);
    StageProperties.commit(
        store, new Transaction(PG).add(new Transaction.Remove(A)).add(new Transaction.Remove(B)));
    awaitUsed(4L * MIB);
    for (int i = 0; i < 8; i++) { // all the room there is, but for those blocks
      write(B, bytes(8 * MIB, 5));
      awaitUsed(12L * MIB);
    }
    assertThat(allOf(read, pool)).isEqualTo(content);
    awaitUsed(8L * MIB);
  }

  @Test
  void shouldHoldInItsPipeWhatWasReadThoughTheBlocksAreWrittenAgain() throws Exception {
    open(Linux.instance());
    byte[] content = bytes(4 * MIB, 9);
    write(A, content);
    allOf(lazily(0, Long.MAX_VALUE), pool); // into the page cache
    ObjectStore.LazyRead read = lazily(0, Long.MAX_VALUE);
    try (BufferList piece = read.bytes().next().get(30, TimeUnit.SECONDS)) {
      read.bytes().close();
      StageProperties.commit(store, new Transaction(PG).add(new Transaction.Remove(A)));
      awaitUsed(0);
      for (int i = 0; i < 2; i++) { // every block there is, and again
        write(B, bytes(12 * MIB, 10 + i));
        write(A, bytes(11 * MIB, 20 + i));
        StageProperties.commit(
            store,
            new Transaction(PG).add(new Transaction.Remove(A)).add(new Transaction.Remove(B)));
        awaitUsed(0);
      }
      byte[] got = piece.toByteArray(pool, io.sluice.bufferlist.Inspection.COMPARE);
      assertThat(got).isEqualTo(Arrays.copyOf(content, got.length));
    }
  }

  @Test
  void shouldNeverServeOldPagesOfBlocksThatWereWrittenAgain() throws Exception {
    open(Linux.instance());
    write(A, bytes(2 * MIB, 0));
    write(B, bytes(2 * MIB, 0));
    AtomicBoolean over = new AtomicBoolean();
    CountDownLatch begun = new CountDownLatch(1);
    var reader = // keeps the cache, and the kernel's reading ahead, busy beside the writes
        CompletableFuture.supplyAsync(
            () -> {
              int rounds = 0;
              try {
                for (; !over.get(); rounds++) {
                  allOf(lazily(0, Long.MAX_VALUE), pool);
                  begun.countDown();
                }
              } catch (Exception e) {
                throw new CompletionException(e);
              }
              return rounds;
            });
    try {
      assertThat(begun.await(30, TimeUnit.SECONDS)).as("somebody reads").isTrue();
      for (int i = 1; i <= 40; i++) {
        byte[] content = bytes(2 * MIB, i);
        write(i % 2 == 0 ? A : B, content); // other blocks each time, free ones of before
        ObjectStore.LazyRead read =
            read(i % 2 == 0 ? A : B, new ObjectStore.Range(0, Long.MAX_VALUE), false);
        assertThat(allOf(read, pool)).as("after write " + i).isEqualTo(content);
      }
    } finally {
      over.set(true);
      assertThat(reader.get(30, TimeUnit.SECONDS)).isPositive();
    }
  }

  @Test
  void shouldDropAPieceThatNobodyWantsAnyMore() throws Exception {
    Semaphore mayBring = new Semaphore(0);
    open(waitingToSplice(mayBring));
    write(A, bytes(4 * MIB, 6));
    for (int i = 0; i < 20; i++) {
      ObjectStore.LazyRead read = lazily(0, Long.MAX_VALUE);
      var piece = read.bytes().next();
      assertThatThrownBy(() -> read.bytes().next()).isInstanceOf(IllegalStateException.class);
      read.bytes().close();
      mayBring.release();
      assertThatThrownBy(() -> piece.get(30, TimeUnit.SECONDS))
          .isInstanceOf(CancellationException.class);
    }
    assertThat(pool.inUse()).isZero();
    StageProperties.commit(store, new Transaction(PG).add(new Transaction.Remove(A)));
    awaitUsed(0);
  }

  /** Each splice takes a permit, or fails after a while. */
  private static Sys waitingToSplice(Semaphore permits) {
    return Intercepted.of(
        Sys.class,
        Linux.instance(),
        call ->
            call.name().equals("splice") && !permits.tryAcquire(30, TimeUnit.SECONDS)
                ? (long) -Sys.EIO
                : call.proceed());
  }

  @Test
  void shouldTakeBackNothingOnceClosed() throws Exception {
    open(Linux.instance());
    write(A, bytes(MIB, 11));
    ObjectStore.LazyRead read = lazily(0, Long.MAX_VALUE);
    StageProperties.commit(store, new Transaction(PG).add(new Transaction.Remove(A)));
    long free = store.space().free();
    store.close();
    assertThatThrownBy(() -> read.bytes().next().get(30, TimeUnit.SECONDS))
        .isInstanceOf(ExecutionException.class);
    read.bytes().close(); // a connection that was slower than the store
    assertThat(store.space().free()).isEqualTo(free);
  }

  @Test
  void shouldReadIntoMemoryWhatCannotBeSpliced() throws Exception {
    FaultySys faulty = new FaultySys(Linux.instance()).failAlways("splice", Sys.EINVAL);
    open(faulty.sys());
    byte[] content = bytes(2 * MIB + 1, 7);
    write(A, content);
    assertThat(allOf(lazily(0, Long.MAX_VALUE), pool)).isEqualTo(content);
    assertThat((long) store.perf().get("pipe_reads_refused")).isPositive();
    var pipes = pool.tryAcquire(8);
    assertThat(allOf(lazily(0, Long.MAX_VALUE), pool)).isEqualTo(content);
    for (var pipe : pipes) {
      pipe.recycle();
    }
  }

  @Test
  void shouldSayWhatCannotBeReadAtAll() throws Exception {
    open(
        new FaultySys(Linux.instance())
            .failAlways("splice", Sys.EIO)
            .failAlways("pread", Sys.EIO)
            .sys());
    write(A, bytes(MIB, 8));
    try (var source = lazily(0, Long.MAX_VALUE).bytes()) {
      assertThatThrownBy(() -> source.next().get(30, TimeUnit.SECONDS))
          .isInstanceOf(ExecutionException.class)
          .hasCauseInstanceOf(StoreException.class)
          .hasMessageContaining("data.0");
      assertThatThrownBy(source::next).isInstanceOf(IllegalStateException.class);
    }
  }
}
