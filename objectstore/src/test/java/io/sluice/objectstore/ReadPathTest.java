package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.B;
import static io.sluice.objectstore.ObjectStoreContract.PG;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Sys;
import java.io.RandomAccessFile;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** What a read costs: look-ups, hops between threads, system calls. */
@ExtendWith(NoLeaks.class)
class ReadPathTest {
  private static final int BLOCK = 4096;
  private static final int SEGMENTS = 32;

  @TempDir Path dir;
  private final FaultySys faults = new FaultySys(Linux.instance());
  private final AtomicInteger lookups = new AtomicInteger();
  private TestStore test;

  @BeforeEach
  void open() throws Exception {
    test = TestStore.create(dir, faults.sys());
    count();
  }

  @AfterEach
  void close() {
    test.close();
  }

  private void count() {
    test.beforeGet = lookups::incrementAndGet;
    lookups.set(0);
  }

  private void reopen() throws Exception {
    test.close();
    test = TestStore.open(dir, faults.sys());
    count();
  }

  private static List<ObjectStore.Range> blocks(int count, int step) {
    List<ObjectStore.Range> ranges = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ranges.add(new ObjectStore.Range((long) i * step * BLOCK, BLOCK));
    }
    return ranges;
  }

  private BufferList read(List<ObjectStore.Range> ranges) throws Exception {
    return test.store.read(PG, A, ranges).get(30, TimeUnit.SECONDS);
  }

  private static byte[] bytes(BufferList closed) {
    try (closed) {
      return closed.toByteArray(null, null);
    }
  }

  @Test
  void shouldLookUpAnObjectsBytesOnce() throws Exception {
    byte[] content = ObjectStoreContract.bytes(20 * BLOCK, 1);
    test.apply(test.write(A, 0, content));
    reopen();
    test.read(A, 0, BLOCK);
    assertThat(lookups).hasValue(3); // onode, blob, checksums
    for (int i = 1; i < 20; i++) {
      assertThat(test.read(A, (long) i * BLOCK, BLOCK))
          .isEqualTo(Arrays.copyOfRange(content, i * BLOCK, (i + 1) * BLOCK));
    }
    assertThat(lookups).hasValue(3);
    assertThat((int) test.store.perf().get("read_queue")).isZero();
  }

  @Test
  void shouldNotHoldTheCallerWhileTheDatabaseIsAsked() throws Exception {
    byte[] content = ObjectStoreContract.bytes(BLOCK, 2);
    test.apply(test.write(A, 0, content));
    reopen();
    CountDownLatch release = new CountDownLatch(1);
    CountDownLatch asked = new CountDownLatch(1);
    Thread caller = Thread.currentThread();
    AtomicInteger byCaller = new AtomicInteger();
    test.beforeGet =
        () -> {
          asked.countDown();
          byCaller.addAndGet(Thread.currentThread() == caller ? 1 : 0);
          if (Thread.currentThread() != caller) {
            awaitQuietly(release);
          }
        };
    CompletableFuture<BufferList> reading = test.store.read(PG, A, 0, BLOCK);
    assertThat(asked.await(30, TimeUnit.SECONDS)).as("a worker asks the database").isTrue();
    assertThat(reading).isNotDone();
    release.countDown();
    assertThat(bytes(reading.get(30, TimeUnit.SECONDS))).isEqualTo(content);
    assertThat(byCaller).hasValue(0);
  }

  private static void awaitQuietly(CountDownLatch latch) {
    try {
      latch.await(30, TimeUnit.SECONDS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Test
  void shouldAnswerHotBlocksBeforeItReturns() throws Exception {
    byte[] content = ObjectStoreContract.bytes(4 * BLOCK, 3);
    test.apply(test.write(A, 0, content));
    for (int i = 0; i < 2; i++) {
      test.read(A, 0, 4 * BLOCK);
    }
    CompletableFuture<BufferList> hot = test.store.read(PG, A, 100, 2 * BLOCK);
    assertThat(hot).isDone();
    assertThat(bytes(hot.join())).isEqualTo(Arrays.copyOfRange(content, 100, 100 + 2 * BLOCK));
  }

  private byte[] readFromDisk(int length) throws Exception {
    return bytes(
        test.store.readFromDisk(PG, A, new ObjectStore.Range(0, length)).get(30, TimeUnit.SECONDS));
  }

  @Test
  void shouldAnswerWhatLiesInlineBeforeItReturnsOnceItWasWrittenOrRead() throws Exception {
    byte[] content = ObjectStoreContract.bytes(BLOCK, 3);
    test.apply(new Transaction.WriteInline(A, 0, content));
    lookups.set(0);
    CompletableFuture<BufferList> written = test.store.read(PG, A, 0, BLOCK);
    assertThat(written).isDone();
    assertThat(bytes(written.join())).isEqualTo(content);
    assertThat(lookups).hasValue(0);
    assertThat(readFromDisk(BLOCK)).isEqualTo(content);
    assertThat(lookups).as("the database is asked what it holds").hasValue(2); // blob, bytes
    reopen();
    assertThat(readFromDisk(BLOCK)).isEqualTo(content);
    assertThat(test.read(A, 0, BLOCK)).isEqualTo(content);
    assertThat(lookups).hasValue(3 + 2); // onode, blob, bytes; the first read kept none
    CompletableFuture<BufferList> again = test.store.read(PG, A, 100, BLOCK);
    assertThat(again).isDone();
    assertThat(bytes(again.join())).isEqualTo(Arrays.copyOfRange(content, 100, BLOCK));
    assertThat(lookups).hasValue(3 + 2);
    byte[] other = ObjectStoreContract.bytes(BLOCK / 2, 4);
    test.apply(new Transaction.WriteInline(A, 512, other));
    System.arraycopy(other, 0, content, 512, other.length);
    assertThat(test.read(A, 0, 1 << 20)).isEqualTo(content);
    assertThat(readFromDisk(1 << 20)).isEqualTo(content);
  }

  @Test
  void shouldNeedNoWorkerWhenMemoryKnowsThePlace() throws Exception {
    byte[] content = ObjectStoreContract.bytes(4 * BLOCK, 3);
    test.apply(test.write(A, 0, content));
    test.read(A, 0, BLOCK);
    test.apply(new Transaction.Touch(B)); // what was there once is looked for in the database
    test.apply(new Transaction.Remove(B));
    CountDownLatch release = new CountDownLatch(1);
    test.beforeGet = () -> awaitQuietly(release);
    List<CompletableFuture<BufferList>> stuck = new ArrayList<>();
    for (int i = 0; i < 8; i++) { // more than there are workers
      stuck.add(test.store.read(PG, B, 0, 1));
    }
    assertThat(test.read(A, BLOCK, 3 * BLOCK))
        .isEqualTo(Arrays.copyOfRange(content, BLOCK, 4 * BLOCK));
    try (var lazily =
        test.store
            .readLazily(PG, A, new ObjectStore.Range(0, 4 * BLOCK), false)
            .get(30, TimeUnit.SECONDS)
            .bytes()) {
      assertThat(lazily.length()).isEqualTo(4 * BLOCK);
    }
    assertThat(stuck).noneMatch(CompletableFuture::isDone);
    release.countDown();
    for (CompletableFuture<BufferList> read : stuck) {
      assertThatThrownBy(() -> read.get(30, TimeUnit.SECONDS))
          .hasCauseInstanceOf(StoreException.class);
    }
  }

  /** Neighbours in the object and by their offsets, but not in one blob. */
  @Test
  void shouldNotTakeAnotherBlobForTheNextPartOfThisOne() throws Exception {
    byte[] first = ObjectStoreContract.bytes(BLOCK, 4);
    byte[] second = ObjectStoreContract.bytes(2 * BLOCK, 5);
    test.apply(test.write(A, 0, first), test.write(B, 0, second));
    test.apply(new Transaction.CloneRange(B, A, BLOCK, BLOCK, BLOCK));
    byte[] expected = Arrays.copyOf(first, 2 * BLOCK);
    System.arraycopy(second, BLOCK, expected, BLOCK, BLOCK);
    assertThat(test.read(A, 0, 1 << 20)).isEqualTo(expected);
  }

  @Test
  void shouldSeeACommitWhoseCallbackHasRun() throws Exception {
    for (int i = 0; i < 50; i++) {
      byte[] content = ObjectStoreContract.bytes(BLOCK + i, i);
      test.apply(new Transaction.Truncate(A, 0), test.write(A, 0, content));
      assertThat(test.read(A, 0, 1 << 20)).isEqualTo(content);
    }
  }

  @Test
  void shouldReadSegmentsThatMeetAsOneRun() throws Exception {
    byte[] content = ObjectStoreContract.bytes(SEGMENTS * BLOCK, 4);
    test.apply(test.write(A, 0, content));
    long preads = faults.calls("pread");
    try (BufferList found = read(blocks(SEGMENTS, 1))) {
      assertThat(found.segments()).hasSize(1);
      assertThat(found.toByteArray(null, null)).isEqualTo(content);
    }
    assertThat(faults.calls("pread") - preads).isEqualTo(1);
    assertThat(faults.calls("preadv")).isZero();
  }

  @Test
  void shouldReadBlobsThatMeetOnDiskIntoOneRunWhateverTheirOrder() throws Exception {
    byte[] content = ObjectStoreContract.bytes(SEGMENTS * BLOCK, 5);
    for (int i = SEGMENTS - 1; i >= 0; i--) {
      byte[] block = Arrays.copyOfRange(content, i * BLOCK, (i + 1) * BLOCK);
      test.apply(test.write(A, (long) i * BLOCK, block));
    }
    long preads = faults.calls("pread");
    assertThat(bytes(read(blocks(SEGMENTS, 1)))).isEqualTo(content);
    assertThat(faults.calls("pread") - preads).isEqualTo(1);
    assertThat(faults.calls("preadv")).isZero();
  }

  @Test
  void shouldReadSegmentsWithGapsAndOnesAskedForTwice() throws Exception {
    byte[] content = ObjectStoreContract.bytes(2 * SEGMENTS * BLOCK, 6);
    test.apply(test.write(A, 0, content));
    List<ObjectStore.Range> ranges = new ArrayList<>(blocks(SEGMENTS, 2));
    ranges.add(new ObjectStore.Range(BLOCK - 5, 10));
    ranges.add(new ObjectStore.Range(0, BLOCK));
    ranges.add(new ObjectStore.Range(0, BLOCK));
    byte[] found = bytes(read(ranges));
    byte[] expected = new byte[(SEGMENTS + 2) * BLOCK + 10];
    int at = 0;
    for (ObjectStore.Range range : ranges) {
      System.arraycopy(content, (int) range.offset(), expected, at, (int) range.length());
      at += (int) range.length();
    }
    assertThat(found).isEqualTo(expected);
  }

  /** The same blob at two places of an object: neighbours in the blob, not in the object. */
  @Test
  void shouldNameThePlaceInTheObjectWhenABlobIsThereTwice() throws Exception {
    byte[] content = ObjectStoreContract.bytes(2 * BLOCK, 7);
    test.apply(test.write(A, 0, content));
    test.apply(
        new Transaction.CloneRange(A, B, 0, BLOCK, 0),
        new Transaction.CloneRange(A, B, BLOCK, BLOCK, 10L * BLOCK));
    flip(BLOCK + 7);
    List<ObjectStore.Range> both =
        List.of(new ObjectStore.Range(0, BLOCK), new ObjectStore.Range(10L * BLOCK, BLOCK));
    assertThatThrownBy(() -> test.store.read(PG, B, both).get(30, TimeUnit.SECONDS))
        .cause()
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT))
        .hasMessageContaining("at " + 10 * BLOCK)
        .hasMessageContaining("data.0 at " + BLOCK);
  }

  private void flip(long at) throws Exception {
    try (RandomAccessFile file = new RandomAccessFile(DataFiles.path(dir, 0).toFile(), "rw")) {
      file.seek(at);
      int before = file.read();
      file.seek(at);
      file.write(before ^ 16);
    }
  }

  @Test
  void shouldReadAgainOnlySoOftenWhicheverSegmentIsWrong() throws Exception {
    byte[] content = ObjectStoreContract.bytes(SEGMENTS * BLOCK, 8);
    for (int i = 0; i < SEGMENTS; i++) {
      byte[] block = Arrays.copyOfRange(content, i * BLOCK, (i + 1) * BLOCK);
      test.apply(test.write(A, (long) i * BLOCK, block));
    }
    faults.failNth("pread", 1, Sys.EIO).failNth("pread", 6, Sys.EIO);
    assertThat(bytes(read(blocks(SEGMENTS, 1)))).isEqualTo(content);
    faults.heal();
    flip(17L * BLOCK + 100);
    long before = faults.calls("pread");
    assertThatThrownBy(() -> read(blocks(SEGMENTS, 1)))
        .cause()
        .isInstanceOfSatisfying(
            StoreException.class, e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.CORRUPT))
        .hasMessageContaining("at " + 17 * BLOCK);
    assertThat(faults.calls("pread") - before).isEqualTo(4);
    assertThat(test.read(A, 0, 17 * BLOCK)).isEqualTo(Arrays.copyOf(content, 17 * BLOCK));
    assertThat(test.stops).isEmpty();
  }

  @Test
  void shouldReadALargeObjectWithOneCallForManyRunsOfMemory() throws Exception {
    byte[] content = ObjectStoreContract.bytes(4 << 20, 9);
    test.apply(test.write(A, 0, content));
    assertThat(test.read(A, 0, 4 << 20)).isEqualTo(content);
    assertThat(faults.calls("preadv")).isEqualTo(1);
    faults.failNth("preadv", 1, Sys.EIO).shortenNth("preadv", 2, BLOCK);
    for (int i = 0; i < 2; i++) { // read again, piece by piece
      assertThat(test.read(A, 0, 4 << 20)).isEqualTo(content);
    }
    assertThat(faults.calls("preadv")).isEqualTo(3);
  }
}
