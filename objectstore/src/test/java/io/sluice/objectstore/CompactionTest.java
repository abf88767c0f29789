package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.B;
import static io.sluice.objectstore.ObjectStoreContract.PG;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Scattered bytes come together in the background, and are the same bytes at every moment. */
@ExtendWith(NoLeaks.class)
class CompactionTest {
  private static final int MIB = 1 << 20;
  private static final long FAST = 1L << 40;
  private static final CompactionPolicy EAGER = new CompactionPolicy(3, MIB, 0.1, FAST);

  @TempDir Path dir;
  private DiskStore store;

  private void open(CompactionPolicy policy, long bytes) throws Exception {
    StoreConfig config = StoreConfig.standard(new CopyMeter()).with(policy);
    store = DiskStore.openOrCreate(dir, DiskStoreTest.FSID, 0, bytes, config);
    if (!store.exists(PG)) {
      commit(new Transaction.CreateCollection());
    }
  }

  @AfterEach
  void close() throws Exception {
    if (store == null) {
      return;
    }
    store.close();
    assertThat(Fsck.check(dir, true, Linux.instance()).findings()).isEmpty();
  }

  private void commit(Transaction.Op op) throws Exception {
    StageProperties.commit(store, new Transaction(PG).add(op));
  }

  private void write(long offset, byte[] bytes) throws Exception {
    commit(new Transaction.Write(A, offset, store.claimStage(BufferList.wrap(bytes), null)));
  }

  private byte[] read(long offset, long length) throws Exception {
    try (BufferList bytes = store.read(PG, A, offset, length).get(30, TimeUnit.SECONDS)) {
      return bytes.toByteArray(null, null);
    }
  }

  private long perf(String counter) {
    return ((Number) store.perf().get(counter)).longValue();
  }

  private long used() {
    return store.space().total() - perf("free_bytes");
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    for (int i = 0; i < 3000; i++) {
      if (condition.getAsBoolean()) {
        return;
      }
      Thread.sleep(10);
    }
    throw new AssertionError("waited 30 s for " + what);
  }

  private static byte[] bytes(Random random, int count) {
    byte[] bytes = new byte[count];
    random.nextBytes(bytes);
    return bytes;
  }

  /** Overwrites pieces, staged and inline, and compares some of it each time. */
  private void scatter(byte[] content, Random random, int times) throws Exception {
    for (int i = 0; i < times; i++) {
      byte[] piece = bytes(random, 1 + random.nextInt(9000));
      int at = random.nextInt(content.length - piece.length);
      System.arraycopy(piece, 0, content, at, piece.length);
      if (random.nextBoolean()) {
        write(at, piece);
      } else {
        commit(new Transaction.WriteInline(A, at, piece));
      }
      int from = random.nextInt(content.length - 20_000);
      assertThat(read(from, 20_000)).isEqualTo(Arrays.copyOfRange(content, from, from + 20_000));
    }
  }

  @Test
  void shouldBeTheSameBytesWhileWritesGoOn() throws Exception {
    open(EAGER, 64 << 20);
    long seed = 11;
    Random random = new Random(seed);
    byte[] content = bytes(random, MIB);
    write(0, content);
    scatter(content, random, 300);
    await("compaction", () -> perf("compaction_waiting") == 0 && used() <= 2 * MIB);
    await("a run", () -> perf("compaction_runs") > 0);
    assertThat(read(0, MIB)).isEqualTo(content);
  }

  @Test
  void shouldPutAScatteredObjectTogether() throws Exception {
    open(CompactionPolicy.never(), 64 << 20);
    Random random = new Random(12);
    byte[] content = bytes(random, MIB);
    write(0, content);
    scatter(content, random, 200);
    long scattered = used();
    assertThat(scattered).isGreaterThan(MIB + 80 * 4096);
    store.close();
    open(new CompactionPolicy(16, 64 << 10, 0.5, FAST), 64 << 20);
    byte[] last = bytes(random, 100);
    System.arraycopy(last, 0, content, 500_000, 100);
    write(500_000, last);
    await("one blob", () -> used() <= MIB + 4096);
    assertThat(read(0, MIB)).isEqualTo(content);
    await("it to be counted", () -> perf("compaction_bytes") >= MIB - 100L);
  }

  @Test
  void shouldGiveBackBlocksOfWhichLittleIsReferredTo() throws Exception {
    open(CompactionPolicy.standard(), 64 << 20);
    byte[] content = bytes(new Random(13), 4 * MIB);
    write(0, content);
    commit(new Transaction.Truncate(A, 10_000));
    await("the dead blocks", () -> used() == 3 * 4096);
    assertThat(read(0, MIB)).isEqualTo(Arrays.copyOf(content, 10_000));
  }

  @Test
  void shouldLeaveAloneWhatAnotherObjectShares() throws Exception {
    open(EAGER, 64 << 20);
    byte[] content = bytes(new Random(14), MIB);
    write(0, content);
    commit(new Transaction.Clone(A, B));
    commit(new Transaction.Truncate(A, 10_000));
    long at = used();
    write(20_000, new byte[100]); // changes again, and is looked at after that
    await("the queue", () -> perf("compaction_waiting") == 0);
    assertThat(at).isEqualTo(MIB);
    assertThat(used()).isEqualTo(MIB + 4096);
    commit(new Transaction.Remove(B));
    write(30_000, new byte[100]);
    commit(new Transaction.Truncate(A, 30_050));
    await("the dead blocks", () -> used() < 100_000);
  }

  @Test
  void shouldNotTakeTheLastBlocks() throws Exception {
    open(CompactionPolicy.standard(), 16 << 20);
    byte[] content = bytes(new Random(15), 6 * MIB);
    write(0, content);
    commit(new Transaction.Write(B, 0, store.claimStage(BufferList.wrap(new byte[8 * MIB]), null)));
    commit(new Transaction.Truncate(A, 5 * MIB / 2)); // less than half, more than is free
    await("the refusal", () -> perf("compaction_no_space") > 0);
    assertThat(used()).isEqualTo(14L * MIB);
    commit(new Transaction.Remove(B));
    commit(new Transaction.Truncate(A, 2 * MIB));
    await("the dead blocks", () -> used() == 2 * MIB);
    assertThat(read(0, 9 * MIB)).isEqualTo(Arrays.copyOf(content, 2 * MIB));
  }

  @Test
  void shouldNotSwapWhatHasChanged() {
    Onode onode = new Onode(1);
    onode.extents.add(new Extent(0, 100, 7, 0));
    onode.extents.add(new Extent(100, 100, 9, 0));
    List<Extent> planned = List.of(new Extent(0, 100, 7, 0), new Extent(100, 100, 8, 0));
    StagedBlob data = new StagedBlob(blob -> {}, 200, List.of());
    assertThat(new Swap(A, planned, data).apply(onode, null)).isFalse();
    assertThat(new Swap(A, planned.subList(0, 1), data).apply(null, null)).isFalse();
    assertThat(onode.extents.all()).hasSize(2);
  }
}
