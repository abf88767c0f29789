package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.MemfdBuffer;
import io.sluice.bufferlist.MemfdPool;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.PipeSegment;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Which way the bytes went, from the counters. */
@ExtendWith(NoLeaks.class)
class ZeroCopyTest {
  private static final int MIB = 1 << 20;

  @TempDir Path dir;
  private final CopyMeter meter = new CopyMeter();
  private final FaultySys faults = new FaultySys(Linux.instance());
  private final PipePool pool = new PipePool(Linux.instance(), meter, 16);
  private final Lists lists = new Lists(pool, 5 * MIB, 7);
  private DiskStore store;

  @BeforeEach
  void open() throws Exception {
    StoreConfig config = StoreConfig.standard(meter).with(pool).with(faults.sys());
    store = DiskStore.create(dir, DiskStoreTest.FSID, 0, 64 << 20, config);
    Assumptions.assumeTrue(
        (boolean) store.perf().get("direct_io"),
        "the file system of the temporary directory has no O_DIRECT");
    StageProperties.commit(
        store, new Transaction(ObjectStoreContract.PG).add(new Transaction.CreateCollection()));
  }

  @AfterEach
  void close() {
    store.close();
    lists.close();
    pool.close();
  }

  private void write(BufferList list, ChecksumVector vector) throws Exception {
    StagedWrite staged = store.claimStage(list, vector);
    StageProperties.commit(
        store,
        new Transaction(ObjectStoreContract.PG)
            .add(new Transaction.Write(ObjectStoreContract.A, 0, staged)));
  }

  private ChecksumVector vector(int from, int count) {
    return ChecksumVector.of(lists.content, from, count);
  }

  private void assertStored(int from, int count) throws Exception {
    try (BufferList read =
        store.read(ObjectStoreContract.PG, ObjectStoreContract.A, 0, count).get()) {
      byte[] expected = Arrays.copyOfRange(lists.content, from, from + count);
      assertThat(read.toByteArray(null, null)).isEqualTo(expected);
    }
  }

  @Test
  void shouldTouchNoByteOfAlignedPipesWithChecksums() throws Exception {
    BufferList list = new BufferList();
    for (int i = 0; i < 4; i++) {
      list.claimAppend(lists.pipe(i * MIB, MIB, MIB));
    }
    write(list, vector(0, 4 * MIB));
    assertThat(meter.direct.sum()).isEqualTo(4 * MIB);
    assertThat(meter.copiedBytes()).isZero();
    assertThat(meter.readBytes()).isZero();
    assertThat(meter.tail.sum()).isZero();
    assertStored(0, 4 * MIB);
  }

  @Test
  void shouldWriteMappedFilesFromWhereTheyLie() throws Exception {
    try (MemfdPool slots = new MemfdPool(Linux.instance(), meter, MIB, 2)) {
      BufferList list = new BufferList();
      for (int i = 0; i < 2; i++) {
        MemfdBuffer slot = slots.tryAcquire();
        slot.buffer().put(lists.content, i * MIB, MIB);
        list.claimAppend(slot.segment(0, MIB));
        slot.release();
      }
      write(list, vector(0, 2 * MIB));
      assertThat(slots.inUse()).isZero();
    }
    assertThat(meter.copiedBytes()).isZero();
    assertThat(meter.readBytes()).isZero();
    assertThat(meter.snapshot().get("fallbacks")).hasToString("{}");
    assertStored(0, 2 * MIB);
  }

  @Test
  void shouldCountTheLastPartialBlockApart() throws Exception {
    BufferList list =
        new BufferList()
            .claimAppend(lists.pipe(0, MIB, MIB))
            .claimAppend(lists.pipe(MIB, 5000, MIB));
    write(list, vector(0, MIB + 5000));
    assertThat(meter.direct.sum()).isEqualTo(MIB + 4096);
    assertThat(meter.tail.sum()).isEqualTo(904);
    assertThat(meter.copiedBytes()).isZero();
    assertStored(0, MIB + 5000);
  }

  /** What an earlier list left in the writer's buffer must not reach the disk. */
  @Test
  void shouldPadTheLastBlockWithZeros() throws Exception {
    write(new BufferList().claimAppend(lists.heap(0, MIB)), null);
    write(new BufferList().claimAppend(lists.heap(0, 100)), null);
    byte[] file = Files.readAllBytes(dir.resolve("data.0"));
    // The first list freed nothing yet when the second was staged: it lies behind.
    assertThat(Arrays.copyOfRange(file, MIB, MIB + 100))
        .isEqualTo(Arrays.copyOf(lists.content, 100));
    assertThat(Arrays.copyOfRange(file, MIB + 100, MIB + 4096)).isEqualTo(new byte[3996]);
  }

  @Test
  void shouldReadOnlyTheBadBlockIntoMemory() throws Exception {
    // One block in the middle comes in two fragments; all others are whole pages.
    int bad = 100 * Lists.PAGE;
    BufferList list = new BufferList();
    list.claimAppend(pipeWithSplitBlocks(3000, bad));
    write(list, vector(0, MIB / 2));
    assertThat(meter.copiedBytes(CopyMeter.Copy.RECV)).isEqualTo(Lists.PAGE);
    assertThat(meter.direct.sum()).isEqualTo(MIB / 2 - Lists.PAGE);
    assertThat(meter.snapshot().get("fallbacks")).hasToString("{splice_einval=1}");
    assertStored(0, MIB / 2);
  }

  @Test
  void shouldFindARowOfBadBlocksByItsStride() throws Exception {
    // As from a sender that ends a segment where a window ends, and the next one there too.
    int[] bad = {12, 26, 40, 54, 68, 82, 96, 110, 124};
    BufferList list = new BufferList();
    list.claimAppend(
        pipeWithSplitBlocks(1000, Arrays.stream(bad).map(page -> page * Lists.PAGE).toArray()));
    write(list, vector(0, MIB / 2));
    long copied = (long) bad.length * Lists.PAGE;
    assertThat(meter.copiedBytes(CopyMeter.Copy.RECV)).isEqualTo(copied);
    assertThat(meter.direct.sum()).isEqualTo(MIB / 2 - copied);
    assertThat(meter.snapshot().get("fallbacks")).hasToString("{splice_einval=9}");
    // The first two are looked for by halving; of the others each takes one call to itself, and one
    // for what is before it.
    assertThat(faults.calls("splice")).as("calls").isEqualTo(32);
    assertStored(0, MIB / 2);
  }

  /** MIB/2 in whole pages, but for blocks that come in two fragments, the first so long. */
  private PipeSegment pipeWithSplitBlocks(int cut, int... blocks) {
    return splitBlocks(0, cut, blocks);
  }

  private PipeSegment splitBlocks(int from, int cut, int... blocks) {
    int at = blocks[0] + cut;
    PipeSegment pipe = lists.pipe(from, at, at);
    for (int i = 0; i < blocks.length; i++) {
      int blockEnd = blocks[i] + Lists.PAGE;
      int end = i + 1 < blocks.length ? blocks[i + 1] + cut : MIB / 2;
      for (int[] part : new int[][] {{at, blockEnd - at}, {blockEnd, end - blockEnd}}) {
        assertThat(lists.spliceInto(pipe.pipe(), from + part[0], part[1])).isEqualTo(part[1]);
      }
      at = end;
    }
    return new PipeSegment(pipe.pipe(), MIB / 2);
  }

  @Test
  void shouldGiveUpAPipeThatIsBadThroughout() throws Exception {
    write(new BufferList().claimAppend(lists.pipe(0, 200_000, 1448)), vector(0, 200_000));
    assertThat(meter.direct.sum()).isZero();
    assertThat(meter.copiedBytes(CopyMeter.Copy.RECV)).isEqualTo(200_000 / 4096 * 4096);
    assertThat(meter.snapshot().get("fallbacks")).hasToString("{pipe_read=1, splice_einval=3}");
    assertStored(0, 200_000);
  }

  @Test
  void shouldBeginAnewWithThePipeBehindOneThatWasGivenUp() throws Exception {
    int first = 49 * Lists.PAGE;
    BufferList list = new BufferList().claimAppend(lists.pipe(0, first, 1448));
    list.claimAppend(splitBlocks(first, 1000, 3 * Lists.PAGE));
    write(list, vector(0, first + MIB / 2));
    assertThat(meter.copiedBytes(CopyMeter.Copy.RECV)).isEqualTo(first + Lists.PAGE);
    assertThat(meter.direct.sum()).isEqualTo(MIB / 2 - Lists.PAGE);
    assertThat(meter.snapshot().get("fallbacks")).hasToString("{pipe_read=1, splice_einval=4}");
    assertStored(0, first + MIB / 2);
  }

  @Test
  void shouldNotLookInAPipeForTheRowOfTheOneBefore() throws Exception {
    int[] bad = {12 * Lists.PAGE, 26 * Lists.PAGE};
    write(new BufferList().claimAppend(pipeWithSplitBlocks(1000, bad)), vector(0, MIB / 2));
    long ofOne = faults.calls("splice");
    BufferList two = new BufferList().claimAppend(pipeWithSplitBlocks(1000, bad));
    write(two.claimAppend(lists.pipe(MIB / 2, MIB / 2, MIB)), vector(0, MIB));
    assertThat(faults.calls("splice") - ofOne).as("calls").isEqualTo(ofOne + 1);
    assertStored(0, MIB);
  }

  @Test
  void shouldLookAtPipesWithoutChecksumsOnce() throws Exception {
    write(new BufferList().claimAppend(lists.pipe(0, MIB, MIB)), null);
    assertThat(meter.direct.sum()).isEqualTo(MIB);
    assertThat(meter.copiedBytes(CopyMeter.Copy.MEMFD_WINDOW)).isEqualTo(MIB);
    assertThat(meter.copiedBytes(CopyMeter.Copy.RECV)).isZero();
    assertThat(meter.readBytes()).isEqualTo(MIB);
    assertStored(0, MIB);
  }

  @Test
  void shouldWriteAlignedMemoryFromWhereItLies() throws Exception {
    BufferList list =
        new BufferList()
            .claimAppend(lists.direct(0, MIB, 0))
            .claimAppend(lists.direct(MIB, MIB, 0));
    write(list, vector(0, 2 * MIB));
    assertThat(meter.copiedBytes()).isZero();
    assertThat(meter.readBytes()).isZero();
    assertThat(meter.snapshot().get("fallbacks")).hasToString("{}");
    assertStored(0, 2 * MIB);
  }
}
