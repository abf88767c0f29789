package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.PipePool;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Writes whose bytes come in pieces, into either store. */
@ExtendWith(NoLeaks.class)
class GrowingWriteTest {
  private static final int MIB = 1 << 20;
  private static final long STORE_BYTES = 64 * MIB;

  @TempDir Path dir;
  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(Linux.instance(), meter, 60);
  private final Lists lists = new Lists(pool, 5 * MIB, 3);
  private ObjectStore store;

  private void open(String kind) throws Exception {
    store =
        kind.equals("memory")
            ? new MemoryStore(Runnable::run, pool, STORE_BYTES)
            : DiskStore.create(
                dir, DiskStoreTest.FSID, 0, STORE_BYTES, DiskStoreTest.config().with(pool));
    commit(new Transaction(ObjectStoreContract.PG).add(new Transaction.CreateCollection()));
  }

  @AfterEach
  void close() {
    store.close();
    lists.close();
    pool.close();
  }

  private void commit(Transaction transaction) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    store.commit(transaction, done::countDown);
    assertThat(done.await(30, TimeUnit.SECONDS)).as("committed").isTrue();
  }

  /** Workers give back what pieces hold; an ordinary user has no more than 64 pipes. */
  private void awaitPipes() throws InterruptedException {
    for (int i = 0; pool.inUse() > 8; i++) {
      assertThat(i).as("waited 30 s for pipes").isLessThan(30_000);
      Thread.sleep(1);
    }
  }

  private byte[] read(long offset, long length) throws Exception {
    try (BufferList bytes =
        store
            .read(ObjectStoreContract.PG, ObjectStoreContract.A, offset, length)
            .get(30, TimeUnit.SECONDS)) {
      return bytes.toByteArray(pool, null);
    }
  }

  @ParameterizedTest
  @CsvSource({"disk,1", "disk,2", "disk,3", "memory,4"})
  void shouldHoldAllPiecesWhenTheyAreOfAnySegments(String kind, long seed) throws Exception {
    open(kind);
    Random random = new Random(seed);
    for (int round = 0; round < 8; round++) {
      int length = 1 + random.nextInt(4 * MIB);
      GrowingWrite write = store.beginStage(length);
      for (int at = 0; at < length; ) {
        int blocks = 1 + random.nextInt(300);
        int count = Math.min(blocks * ChecksumVector.BLOCK, length - at);
        ChecksumVector known =
            random.nextBoolean() ? ChecksumVector.of(lists.content, at, count) : null;
        write.claimAppend(lists.random(random, at, count), known);
        at += count;
        awaitPipes();
      }
      int offset = random.nextInt(10_000);
      commit(
          new Transaction(ObjectStoreContract.PG)
              .add(new Transaction.Remove(ObjectStoreContract.A))
              .add(new Transaction.Write(ObjectStoreContract.A, offset, write)));
      assertThat(read(offset, length))
          .as("seed %s round %s", seed, round)
          .isEqualTo(Arrays.copyOf(lists.content, length));
    }
    assertThat(pool.inUse()).isZero();
  }

  @ParameterizedTest
  @CsvSource({"disk", "memory"})
  void shouldLeaveNoTraceWhenAborted(String kind) throws Exception {
    open(kind);
    long free = store.space().free();
    for (int i = 0; i < 20; i++) {
      GrowingWrite write = store.beginStage(3 * MIB);
      write.claimAppend(new BufferList().claimAppend(lists.heap(0, MIB)), null);
      if (i % 2 == 0) {
        write.claimAppend(new BufferList().claimAppend(lists.file(MIB, MIB)), null);
      }
      write.abort();
      write.claimAppend(new BufferList().claimAppend(lists.heap(2 * MIB, MIB)), null);
    }
    commit(
        new Transaction(ObjectStoreContract.PG).add(new Transaction.Touch(ObjectStoreContract.B)));
    long until = System.nanoTime() + 30_000_000_000L;
    while (store.space().free() < free && System.nanoTime() < until) {
      Thread.sleep(5); // workers that were still writing
    }
    assertThat(store.space().free()).isEqualTo(free);
  }

  @ParameterizedTest
  @CsvSource({"disk", "memory"})
  void shouldRefuseWhatDoesNotFitTogether(String kind) throws Exception {
    open(kind);
    assertThatThrownBy(() -> store.beginStage(STORE_BYTES + 1)).isInstanceOf(StoreException.class);
    GrowingWrite write = store.beginStage(10_000);
    assertThatThrownBy(() -> write.claimAppend(BufferList.wrap(new byte[100]), null))
        .isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> write.claimAppend(BufferList.wrap(new byte[12_000]), null))
        .isInstanceOf(IllegalArgumentException.class);
    write.claimAppend(BufferList.wrap(new byte[8192]), null);
    assertThatThrownBy(
            () ->
                commit(
                    new Transaction(ObjectStoreContract.PG)
                        .add(new Transaction.Write(ObjectStoreContract.A, 0, write))))
        .isInstanceOf(IllegalStateException.class)
        .hasMessageContaining("8192 of");
    write.abort();
  }

  @Test
  void shouldFindTheBlockWhoseChecksumNobodyChecked() throws Exception {
    open("disk");
    GrowingWrite write = store.beginStage(8192);
    write.claimAppend(BufferList.wrap(new byte[4096]), ChecksumVector.of(new byte[4096], 0, 4096));
    byte[] other = new byte[4096];
    other[77] = 1;
    write.claimAppend(BufferList.wrap(other), ChecksumVector.of(new byte[4096], 0, 4096));
    commit(
        new Transaction(ObjectStoreContract.PG)
            .add(new Transaction.Write(ObjectStoreContract.A, 0, write)));
    assertThat(read(0, 4096)).containsOnly(0);
    assertThatThrownBy(() -> read(4096, 4096)).isInstanceOf(ExecutionException.class);
  }
}
