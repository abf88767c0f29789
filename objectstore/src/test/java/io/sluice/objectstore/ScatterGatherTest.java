package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A request of many segments or extents becomes as few system calls as the kernel allows. */
@ExtendWith(NoLeaks.class)
class ScatterGatherTest {
  private static final int BLOCK = 4096;

  @TempDir Path dir;
  private final AtomicInteger reads = new AtomicInteger();
  private final PipePool pool = new PipePool(Linux.instance(), new CopyMeter(), 2);
  private final Lists lists = new Lists(pool, 4 << 20, 3);
  private TestStore test;

  @BeforeEach
  void open() throws Exception {
    test =
        TestStore.create(dir, CountingSys.of(Linux.instance(), reads, List.of("pread", "preadv")));
    Assumptions.assumeTrue(
        (boolean) test.store.perf().get("direct_io"),
        "the file system of the temporary directory has no O_DIRECT");
  }

  @AfterEach
  void close() {
    test.close();
    lists.close();
    pool.close();
  }

  private BufferList segments(int count) {
    BufferList list = new BufferList();
    for (int i = 0; i < count; i++) {
      list.claimAppend(lists.direct(i * BLOCK, BLOCK, 0));
    }
    return list;
  }

  private long writes() {
    return test.events.stream().filter("write"::equals).count();
  }

  private Transaction.Write staged(long offset, BufferList list) throws StoreException {
    return new Transaction.Write(A, offset, test.store.claimStage(list, null));
  }

  private void assertStored(int count) throws Exception {
    assertThat(test.read(A, 0, count)).isEqualTo(Arrays.copyOf(lists.content, count));
  }

  @Test
  void shouldWrite32SegmentsWithOneCall() throws Exception {
    test.apply(staged(0, segments(32)));
    assertThat(writes()).isEqualTo(1);
    assertStored(32 * BLOCK);
  }

  @Test
  void shouldWriteIovMaxSegmentsWithOneCallAndOneMoreWithTwo() throws Exception {
    test.apply(staged(0, segments(1024)));
    assertThat(writes()).isEqualTo(1);
    assertStored(1024 * BLOCK);
    test.events.clear();
    BufferList more = segments(1023);
    more.claimAppend(lists.direct(1023 * BLOCK, 0, 0)); // an empty segment is none
    for (int i = 0; i < 2; i++) {
      more.claimAppend(lists.direct(0, BLOCK, 0));
    }
    test.apply(staged(0, more));
    assertThat(writes()).isEqualTo(2);
  }

  @Test
  void shouldReadManyBlobsThatLieTogetherWithOneCall() throws Exception {
    for (int i = 0; i < 32; i++) { // 32 blobs, and the allocator gives neighbours
      test.apply(staged((long) i * BLOCK, piece(i)));
    }
    reads.set(0);
    assertStored(32 * BLOCK);
    assertThat(reads.get()).isEqualTo(1);
  }

  @Test
  void shouldReadThemWithOneCallWhateverTheirOrder() throws Exception {
    for (int i = 31; i >= 0; i--) { // the object's order is not the disk's: preadv
      test.apply(staged((long) i * BLOCK, piece(i)));
    }
    reads.set(0);
    assertStored(32 * BLOCK);
    assertThat(reads.get()).isEqualTo(1);
  }

  private BufferList piece(int block) {
    return new BufferList().claimAppend(lists.direct(block * BLOCK, BLOCK, 0));
  }

  @Test
  void shouldReadHotBlocksFromMemory() throws Exception {
    test.apply(staged(0, segments(8)));
    for (int i = 0; i < 2; i++) {
      assertThat(test.read(A, BLOCK + 5, 10)).hasSize(10);
    }
    reads.set(0);
    byte[] hot = test.read(A, BLOCK + 100, 200);
    assertThat(hot).isEqualTo(Arrays.copyOfRange(lists.content, BLOCK + 100, BLOCK + 300));
    assertThat(reads.get()).isZero();
    assertThat(test.store.perf().get("data_cache_bytes")).isEqualTo((long) BLOCK);
    test.apply(staged(BLOCK, piece(3))); // another blob: what is in memory is not its
    assertThat(test.read(A, BLOCK, BLOCK))
        .isEqualTo(Arrays.copyOfRange(lists.content, 3 * BLOCK, 4 * BLOCK));
    assertThat(reads.get()).isEqualTo(1);
  }

  @Test
  void shouldWriteAgainWhatWasInterrupted() throws Exception {
    Path other = dir.resolve("other");
    FaultySys faulty = new FaultySys(Linux.instance()).failNth("pwritev", 1, Sys.EAGAIN);
    try (TestStore store = TestStore.create(other, faulty.sys())) {
      Transaction.Op write = new Transaction.Write(A, 0, store.store.claimStage(segments(4), null));
      assertThat(store.apply(write)).as("%s", store.stops).isTrue();
      assertThat(store.read(A, 0, 4 * BLOCK)).isEqualTo(Arrays.copyOf(lists.content, 4 * BLOCK));
    }
  }

  @Test
  void shouldUseTheRingOnlyWithTheRealKernel() throws Exception {
    assertThat(test.store.perf().get("io_queue")).isEqualTo("pool");
    Path other = dir.resolve("other");
    StoreConfig config = StoreConfig.standard(new CopyMeter());
    try (DiskStore store = DiskStore.create(other, DiskStoreTest.FSID, 1, 16 << 20, config)) {
      String queue = IoRing.isAvailable() ? "io_uring" : "pool";
      assertThat(store.perf().get("io_queue")).isEqualTo(queue);
      StageProperties.commit(
          store, new Transaction(ObjectStoreContract.PG).add(new Transaction.CreateCollection()));
      StagedWrite staged = store.claimStage(segments(32), null);
      StageProperties.commit(
          store, new Transaction(ObjectStoreContract.PG).add(new Transaction.Write(A, 0, staged)));
      assertThat(store.perf().get("staged_memory_calls")).isEqualTo(1L);
      try (BufferList read =
          store.read(ObjectStoreContract.PG, A, 0, 1 << 20).get(30, TimeUnit.SECONDS)) {
        assertThat(read.toByteArray(null, null))
            .isEqualTo(Arrays.copyOf(lists.content, 32 * BLOCK));
      }
    }
  }
}
