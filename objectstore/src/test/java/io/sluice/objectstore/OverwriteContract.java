package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.bytes;
import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/**
 * Patterns of writes that have been hard for stores: each is done to an array too, and compared
 * before and after a remount.
 */
interface OverwriteContract extends StoreFixture {
  int BLOCK = 4096;

  /** An object, and what it should hold. */
  final class Twin {
    private final StoreFixture fixture;
    private final ModelObject expected = new ModelObject();
    private final List<Transaction.Op> ops = new ArrayList<>();
    private int seed;

    Twin(StoreFixture fixture) {
      this.fixture = fixture;
    }

    /** Small ones into the metadata, others staged. */
    Twin write(int at, int length) throws Exception {
      byte[] bytes = bytes(length, ++seed);
      expected.write(at, bytes);
      ops.add(
          length < BLOCK
              ? new Transaction.WriteInline(A, at, bytes)
              : new Transaction.Write(A, at, fixture.stage(bytes)));
      return this;
    }

    Twin stage(int at, int length) throws Exception {
      byte[] bytes = bytes(length, ++seed);
      expected.write(at, bytes);
      ops.add(new Transaction.Write(A, at, fixture.stage(bytes)));
      return this;
    }

    Twin zero(int at, int length) {
      expected.write(at, new byte[length]);
      ops.add(new Transaction.Zero(A, at, length));
      return this;
    }

    Twin truncate(int size) {
      expected.data = expected.range(0, size);
      ops.add(new Transaction.Truncate(A, size));
      return this;
    }

    Twin commit() throws Exception {
      fixture.apply(ops.toArray(Transaction.Op[]::new));
      ops.clear();
      return this;
    }

    void check() throws Exception {
      commit();
      assertThat(fixture.whole(A)).isEqualTo(expected.data);
      fixture.reopen();
      assertThat(fixture.whole(A)).isEqualTo(expected.data);
    }
  }

  /** ceph: ManySmallWrite, MultiSmallWriteSameBlock, SmallSkipFront. */
  @Test
  default void shouldKeepManySmallWritesInOneBlock() throws Exception {
    Twin twin = new Twin(this);
    for (int i = 0; i < 5; i++) {
      twin.write(0, 5).write(5, 5).write(4094, 5).write(0, 5).write(9000, 5).commit();
    }
    twin.write(BLOCK * 3, 10).write(BLOCK * 3 - 20, 10).check();
  }

  /** ceph: SmallSequentialUnaligned. */
  @Test
  default void shouldKeepUnalignedAppendsOneAfterTheOther() throws Exception {
    Twin twin = new Twin(this);
    for (int i = 0; i < 100; i++) {
      twin.write(i * 1000, 1000);
      if (i % 7 == 0) {
        twin.commit();
      }
    }
    twin.check();
  }

  /** ceph: AppendDeferredVsTailCache. */
  @Test
  default void shouldAppendToATailFromBeforeAReopen() throws Exception {
    Twin twin = new Twin(this).stage(0, BLOCK / 3).commit();
    reopen();
    twin.stage(BLOCK / 3, BLOCK / 3).write(BLOCK / 3 * 2, 2 * BLOCK).check();
  }

  /** ceph: AppendZeroTrailingSharedBlock. */
  @Test
  default void shouldReadZerosAfterWhatWasCutFromASharedBlock() throws Exception {
    Twin twin = new Twin(this).stage(0, BLOCK / 3 + 12).truncate(BLOCK / 3).commit();
    apply(new Transaction.Clone(A, B));
    twin.stage(BLOCK / 3 * 2, 500).check();
    assertThat(whole(B)).isEqualTo(java.util.Arrays.copyOf(bytes(BLOCK / 3 + 12, 1), BLOCK / 3));
  }

  /** ceph: BigWriteBigZero, ManyBigWrite. */
  @Test
  default void shouldZeroMostOfABigWriteAndWriteInTheMiddle() throws Exception {
    new Twin(this)
        .stage(0, 1 << 20)
        .stage(1 << 20, 1 << 20)
        .commit()
        .zero(0, 1 << 20)
        .zero(10 << 10, (2 << 20) - (20 << 10))
        .commit()
        .stage(500_000, BLOCK)
        .stage(1 << 21, 5_000)
        .check();
  }

  /** ceph: MiscFragmentTests, BluestoreFragmentedBlobTest, mergeRegionTest. */
  @Test
  default void shouldKeepFragmentsOfEverySize() throws Exception {
    Twin twin = new Twin(this);
    for (int i = 0; i < 10; i++) {
      twin.write(i * 3 * BLOCK, BLOCK + i).commit().write(i * 3 * BLOCK + BLOCK + 3, 5);
    }
    twin.truncate(25 * BLOCK + 7).commit().stage(7 * BLOCK - 1, 2 * BLOCK + 2).zero(3, 1).check();
  }

  /** ceph: ZipperPatternSharded, SmallWriteOnShardedExtents. */
  @Test
  default void shouldKeepAZipper() throws Exception {
    Twin twin = new Twin(this);
    for (int i = 0; i < 64; i += 2) {
      twin.stage(i * BLOCK, BLOCK);
    }
    twin.commit();
    for (int i = 1; i < 64; i += 2) {
      twin.stage(i * BLOCK, BLOCK);
    }
    twin.commit();
    for (int i = 63; i > 0; i -= 3) {
      twin.write(i * BLOCK - 50, 100);
    }
    twin.check();
  }

  /** ceph: BlobReuseOnOverwrite, ...Reverse, ...OnSmallOverwrite. */
  @Test
  default void shouldKeepOverwritesInBothDirections() throws Exception {
    Twin twin = new Twin(this).stage(0, 16 * BLOCK).commit();
    for (int i = 0; i < 16; i++) {
      twin.stage(i * BLOCK, BLOCK).stage((15 - i) * BLOCK, BLOCK).write(i * BLOCK + 100, 10);
    }
    twin.check();
  }

  /** ceph: Many4KWritesTest, TooManyBlobsTest. */
  @Test
  default void shouldKeepManyBlocksWrittenByChance() throws Exception {
    Twin twin = new Twin(this);
    java.util.Random random = new java.util.Random(4);
    for (int i = 0; i < 400; i++) {
      twin.stage(random.nextInt(512) * BLOCK, BLOCK);
    }
    twin.check();
  }

  /** ceph: ZeroVsObjectSize. */
  @Test
  default void shouldGrowByZerosAndNotShrink() throws Exception {
    Twin twin = new Twin(this).write(0, 5).zero(1 << 20, 1 << 19).commit();
    assertThat(store().stat(PG, A).orElseThrow().size()).isEqualTo((1 << 20) + (1 << 19));
    twin.zero(0, 100).check();
  }
}
