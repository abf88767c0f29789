package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.SortedMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What every {@link ObjectStore} keeps; inherited by a test class for each implementation. */
abstract class ObjectStoreContract implements StoreFixture {
  ObjectStore store;

  abstract ObjectStore open() throws Exception;

  /** Closes and opens again, where the store outlives that. */
  abstract ObjectStore reopen(ObjectStore store) throws Exception;

  static ObjectId object(String name) {
    return ObjectId.head(3, "", "", name, name.hashCode());
  }

  @BeforeEach
  void openStore() throws Exception {
    store = open();
    commit(new Transaction(PG).add(new Transaction.CreateCollection()));
  }

  @AfterEach
  void closeStore() {
    store.close();
  }

  @Override
  public ObjectStore store() {
    return store;
  }

  @Override
  public void reopen() throws Exception {
    store = reopen(store);
  }

  static byte[] bytes(int count, int seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  @Test
  void shouldReadBackWhatWasStaged() throws Exception {
    byte[] data = bytes(4_000_001, 1);
    apply(new Transaction.Write(A, 0, stage(data)));
    assertThat(store.stat(PG, A)).contains(new ObjectStore.ObjectStat(data.length));
    assertThat(read(A, 0, data.length)).isEqualTo(data);
    assertThat(read(A, 4095, 5000)).isEqualTo(Arrays.copyOfRange(data, 4095, 9095));
    assertThat(read(A, 4_000_000, 100)).isEqualTo(Arrays.copyOfRange(data, 4_000_000, 4_000_001));
    assertThat(read(A, 4_000_001, 100)).isEmpty();
    assertThat(read(A, 9_000_000, 100)).isEmpty();
  }

  @Test
  void shouldKeepEverythingWhenReopened() throws Exception {
    byte[] data = bytes(70_000, 1);
    apply(
        new Transaction.Write(A, 100, stage(data)),
        new Transaction.WriteInline(B, 3, bytes(10, 2)),
        new Transaction.SetAttr(A, "_", bytes(30, 3)),
        new Transaction.OmapSet(B, new byte[] {1}, new byte[] {2}));
    store = reopen(store);
    assertThat(store.collections()).containsExactly(PG);
    assertThat(store.exists(PG)).isTrue();
    assertThat(read(A, 100, 70_000)).isEqualTo(data);
    assertThat(read(A, 0, 100)).isEqualTo(new byte[100]);
    assertThat(read(B, 3, 10)).isEqualTo(bytes(10, 2));
    assertThat(store.attr(PG, A, "_"))
        .hasValueSatisfying(value -> assertThat(value).isEqualTo(bytes(30, 3)));
    assertThat(store.omapGet(PG, B, new byte[] {1})).contains(new byte[] {2});
  }

  @Test
  void shouldTakeAStagedWriteWithItsChecksums() throws Exception {
    byte[] data = bytes(9_000, 1);
    StagedWrite staged =
        store.claimStage(BufferList.wrap(data), ChecksumVector.of(data, 0, data.length));
    assertThat(staged.length()).isEqualTo(9_000);
    apply(new Transaction.Write(A, 0, staged));
    assertThat(read(A, 0, 9_000)).isEqualTo(data);
  }

  @Test
  void shouldOverlayNewerWritesOnOlder() throws Exception {
    byte[] expected = bytes(100_000, 1);
    apply(new Transaction.Write(A, 0, stage(expected.clone())));
    byte[] patch = bytes(10_000, 2);
    byte[] small = bytes(77, 3);
    apply(
        new Transaction.Write(A, 5_001, stage(patch)),
        new Transaction.WriteInline(A, 9_999, small),
        new Transaction.WriteInline(A, 10_050, small));
    System.arraycopy(patch, 0, expected, 5_001, patch.length);
    System.arraycopy(small, 0, expected, 9_999, small.length);
    System.arraycopy(small, 0, expected, 10_050, small.length);
    assertThat(read(A, 0, 100_000)).isEqualTo(expected);
  }

  @Test
  void shouldJoinManySmallAppends() throws Exception {
    byte[] expected = bytes(20_000, 1);
    for (int at = 0; at < expected.length; at += 100) {
      apply(new Transaction.WriteInline(A, at, Arrays.copyOfRange(expected, at, at + 100)));
    }
    assertThat(read(A, 0, 20_000)).isEqualTo(expected);
  }

  @Test
  void shouldReadZerosWhereNothingWasWritten() throws Exception {
    apply(new Transaction.WriteInline(A, 200_000, new byte[] {7}));
    assertThat(store.stat(PG, A)).contains(new ObjectStore.ObjectStat(200_001));
    byte[] expected = new byte[200_001];
    expected[200_000] = 7;
    assertThat(read(A, 0, 300_000)).isEqualTo(expected);
  }

  @Test
  void shouldZeroARangeAndGrowToItsEnd() throws Exception {
    byte[] expected = bytes(30_000, 1);
    apply(
        new Transaction.Write(A, 0, stage(expected.clone())), new Transaction.Zero(A, 100, 10_000));
    Arrays.fill(expected, 100, 10_100, (byte) 0);
    assertThat(read(A, 0, 30_000)).isEqualTo(expected);
    apply(new Transaction.Zero(A, 29_000, 2_000));
    assertThat(store.stat(PG, A)).contains(new ObjectStore.ObjectStat(31_000));
    assertThat(read(A, 29_000, 2_000)).isEqualTo(new byte[2_000]);
  }

  @Test
  void shouldForgetWhatWasTruncated() throws Exception {
    apply(new Transaction.Write(A, 0, stage(bytes(30_000, 1))), new Transaction.Truncate(A, 5_000));
    apply(new Transaction.Truncate(A, 8_000));
    byte[] expected = Arrays.copyOf(Arrays.copyOf(bytes(30_000, 1), 5_000), 8_000);
    assertThat(read(A, 0, 30_000)).isEqualTo(expected);
  }

  @Test
  void shouldTouchAnEmptyObject() throws Exception {
    apply(new Transaction.Touch(A));
    assertThat(store.stat(PG, A)).contains(new ObjectStore.ObjectStat(0));
    assertThat(read(A, 0, 10)).isEmpty();
    apply(new Transaction.WriteInline(A, 0, new byte[] {1}), new Transaction.Touch(A));
    assertThat(read(A, 0, 10)).containsExactly(1);
  }

  @Test
  void shouldNotGrowByWritingNothing() throws Exception {
    apply(
        new Transaction.Write(A, 10, stage(new byte[0])),
        new Transaction.WriteInline(A, 20, new byte[0]),
        new Transaction.Zero(A, 30, 0));
    assertThat(store.stat(PG, A)).contains(new ObjectStore.ObjectStat(0));
  }

  @Test
  void shouldFailAReadOfAnAbsentObject() {
    assertThatThrownBy(() -> read(A, 0, 1))
        .isInstanceOf(ExecutionException.class)
        .cause()
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.NOT_FOUND));
    assertThat(store.stat(PG, A)).isEmpty();
    assertThat(store.stat(OTHER, A)).isEmpty();
    assertThat(store.attrs(PG, A)).isEmpty();
    assertThat(store.omapGet(PG, A, new byte[0])).isEmpty();
  }

  @Test
  void shouldRemoveAnObjectWithEverything() throws Exception {
    apply(
        new Transaction.Write(A, 0, stage(bytes(10_000, 1))),
        new Transaction.SetAttr(A, "x", new byte[1]),
        new Transaction.OmapSet(A, new byte[] {1}, new byte[] {2}));
    apply(new Transaction.Remove(A), new Transaction.Remove(B));
    assertThat(store.stat(PG, A)).isEmpty();
    apply(new Transaction.Touch(A));
    assertThat(store.attrs(PG, A)).isEmpty();
    assertThat(store.omapList(PG, A, new byte[0], 10)).isEmpty();
    assertThat(store.stat(PG, A)).contains(new ObjectStore.ObjectStat(0));
  }

  @Test
  void shouldRemoveAndMakeAnewInOneTransaction() throws Exception {
    apply(
        new Transaction.WriteInline(A, 0, bytes(100, 1)),
        new Transaction.OmapSet(A, new byte[] {1}, new byte[] {2}));
    apply(
        new Transaction.Remove(A),
        new Transaction.WriteInline(A, 0, bytes(50, 2)),
        new Transaction.OmapSet(A, new byte[] {3}, new byte[] {4}));
    assertThat(read(A, 0, 1000)).isEqualTo(bytes(50, 2));
    assertThat(store.omapList(PG, A, new byte[0], 10)).containsOnlyKeys(new byte[] {3});
  }

  @Test
  void shouldSetAndRemoveAttributes() throws Exception {
    apply(
        new Transaction.SetAttr(A, "one", new byte[] {1}),
        new Transaction.SetAttr(A, "two", new byte[] {2}),
        new Transaction.SetAttr(A, "three", new byte[0]));
    assertThat(store.attrs(PG, A)).containsOnlyKeys("one", "two", "three");
    apply(new Transaction.RemoveAttr(A, "one"), new Transaction.RemoveAttr(A, "none"));
    assertThat(store.attrs(PG, A)).containsOnlyKeys("two", "three");
    assertThat(store.attr(PG, A, "one")).isEmpty();
    assertThat(store.attr(PG, A, "three")).contains(new byte[0]);
    apply(new Transaction.RemoveAttrs(A), new Transaction.RemoveAttrs(B));
    assertThat(store.attrs(PG, A)).isEmpty();
    assertThat(store.stat(PG, B)).isEmpty();
  }

  @Test
  void shouldKeepOmapInUnsignedOrder() throws Exception {
    Transaction fill = new Transaction(PG);
    for (int i = 0; i < 256; i++) {
      fill.add(new Transaction.OmapSet(A, new byte[] {(byte) i}, new byte[] {(byte) i}));
    }
    commit(fill);
    SortedMap<byte[], byte[]> page = store.omapList(PG, A, new byte[] {(byte) 0x7e}, 4);
    assertThat(List.copyOf(page.keySet()))
        .containsExactly(
            new byte[] {0x7e},
            new byte[] {0x7f},
            new byte[] {(byte) 0x80},
            new byte[] {(byte) 0x81});
    assertThat(store.omapList(PG, A, new byte[0], 100, 11)).hasSize(5); // of two bytes each
    assertThat(store.omapList(PG, A, new byte[] {9}, 100, 1)).containsOnlyKeys(new byte[] {9});
    apply(
        new Transaction.OmapRemove(A, new byte[] {1}),
        new Transaction.OmapRemoveRange(A, new byte[] {2}, new byte[] {(byte) 0xf0}));
    assertThat(List.copyOf(store.omapList(PG, A, new byte[0], 3).keySet()))
        .containsExactly(new byte[] {0}, new byte[] {(byte) 0xf0}, new byte[] {(byte) 0xf1});
    apply(new Transaction.OmapClear(A), new Transaction.OmapClear(B));
    assertThat(store.omapList(PG, A, new byte[0], 1000)).isEmpty();
    assertThat(store.stat(PG, A)).isPresent();
  }

  @Test
  void shouldRemoveOmapKeysSetInTheSameTransaction() throws Exception {
    apply(
        new Transaction.OmapSet(A, new byte[] {1}, new byte[] {1}),
        new Transaction.OmapSet(A, new byte[] {2}, new byte[] {1}),
        new Transaction.OmapRemoveRange(A, new byte[] {1}, new byte[] {2}),
        new Transaction.OmapRemoveRange(A, new byte[] {9}, new byte[] {3}));
    assertThat(store.omapList(PG, A, new byte[0], 10)).containsOnlyKeys(new byte[] {2});
  }

  @Test
  void shouldListInStoreOrderPageByPage() throws Exception {
    List<ObjectId> objects = new ArrayList<>();
    Transaction touches = new Transaction(PG);
    for (int i = 0; i < 100; i++) {
      ObjectId object = ObjectId.head(3, i % 3 == 0 ? "ns" : "", "", "name" + i, i * 0x9e3779b9);
      objects.add(object);
      touches.add(new Transaction.Touch(object));
    }
    commit(touches);
    commit(
        new Transaction(OTHER)
            .add(new Transaction.CreateCollection())
            .add(new Transaction.Touch(A)));
    objects.sort((left, right) -> ObjectKey.of(left).compareTo(ObjectKey.of(right)));
    List<ObjectId> listed = new ArrayList<>();
    ObjectId cursor = null;
    do {
      ObjectStore.Listing page = store.list(PG, cursor, 7);
      assertThat(page.objects().size()).isLessThanOrEqualTo(7);
      listed.addAll(page.objects());
      cursor = page.next();
    } while (cursor != null);
    assertThat(listed).isEqualTo(objects);
    assertThat(store.list(OTHER, null, 10)).isEqualTo(new ObjectStore.Listing(List.of(A), null));
  }

  @Test
  void shouldRemoveACollectionWithItsObjects() throws Exception {
    apply(new Transaction.Write(A, 0, stage(bytes(100_000, 1))), new Transaction.Touch(B));
    apply(new Transaction.RemoveCollection());
    assertThat(store.exists(PG)).isFalse();
    assertThat(store.stat(PG, A)).isEmpty();
    apply(new Transaction.RemoveCollection(), new Transaction.CreateCollection());
    assertThat(store.list(PG, null, 10).objects()).isEmpty();
    assertThat(store.collections()).containsExactly(PG);
  }

  @Test
  void shouldCallBackInOrder() throws Exception {
    List<Integer> order = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(200);
    for (int i = 0; i < 200; i++) {
      int number = i;
      Transaction transaction = new Transaction(PG);
      if (i % 10 == 0) {
        transaction.add(new Transaction.Write(A, i, stage(bytes(300_000, i))));
      } else {
        transaction.add(new Transaction.WriteInline(A, i, new byte[] {(byte) i}));
      }
      store.commit(
          transaction,
          () -> {
            order.add(number);
            done.countDown();
          });
    }
    assertThat(done.await(30, TimeUnit.SECONDS)).isTrue();
    assertThat(order).isSorted().hasSize(200);
    byte[] tail = Arrays.copyOfRange(bytes(300_000, 190), 300_000 - 1, 300_000);
    assertThat(read(A, 300_189, 10)).isEqualTo(tail);
  }

  @Test
  void shouldGiveBackTheSpaceOfAbortedWrites() throws Exception {
    long free = store.space().free();
    for (int i = 0; i < 50; i++) {
      stage(bytes(1_000_000, i)).abort();
    }
    for (int i = 0; i < 3000 && store.space().free() < free; i++) {
      Thread.sleep(10);
    }
    assertThat(store.space().free()).isEqualTo(free);
  }

  @Test
  void shouldReuseTheSpaceOfWhatWasOverwrittenAndRemoved() throws Exception {
    long free = store.space().free();
    for (int i = 0; i < 20; i++) {
      apply(new Transaction.Write(A, 0, stage(bytes(1 << 20, i))));
    }
    assertThat(read(A, 0, 1 << 20)).isEqualTo(bytes(1 << 20, 19));
    assertThat(store.space().free()).isBetween(free - (3 << 20), free - (1 << 20));
    apply(new Transaction.Remove(A));
    for (int i = 0; i < 3000 && store.space().free() < free; i++) {
      Thread.sleep(10);
    }
    assertThat(store.space().free()).isEqualTo(free);
  }

  @Test
  void shouldRefuseAStagedWriteUsedTwice() throws Exception {
    StagedWrite staged = stage(bytes(100, 1));
    staged.abort();
    assertThatThrownBy(staged::abort).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldRefuseWhatDoesNotFit() throws Exception {
    long free = store.space().free();
    BufferList zeros = new BufferList();
    BufferList chunk = BufferList.wrap(new byte[1 << 20]);
    while (zeros.length() <= free) {
      zeros.claimAppend(chunk.share());
    }
    chunk.close();
    assertThatThrownBy(() -> store.claimStage(zeros, null))
        .isInstanceOfSatisfying(
            StoreException.class,
            e -> assertThat(e.kind()).isEqualTo(StoreException.Kind.NO_SPACE));
    assertThat(store.space().free()).isEqualTo(free);
    assertThatThrownBy(zeros::length).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldCountWhatItDoes() throws Exception {
    apply(new Transaction.Touch(A));
    assertThat(store.perf()).containsKey("commits");
    assertThat(store.space().total()).isPositive();
  }
}
