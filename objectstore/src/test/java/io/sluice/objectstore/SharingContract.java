package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.bytes;
import static io.sluice.objectstore.StoreFixture.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.ObjectId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Clones, ranges of them, and other names: bytes are shared, never copied, and never mixed up. */
interface SharingContract extends StoreFixture {
  @Test
  default void shouldCloneEverythingAnObjectHas() throws Exception {
    AllocHint hint = new AllocHint(1 << 22, 1 << 16, 2);
    apply(
        new Transaction.Write(A, 10, stage(bytes(50_000, 1))),
        new Transaction.WriteInline(A, 60_000, bytes(100, 2)),
        new Transaction.SetAttrs(A, Map.of("x", new byte[] {1}, "y", new byte[] {2})),
        new Transaction.OmapSet(A, new byte[] {1}, new byte[] {2}),
        new Transaction.OmapHeader(A, new byte[] {9}),
        new Transaction.SetAllocHint(A, hint));
    apply(
        new Transaction.OmapSet(A, new byte[] {3}, new byte[] {4}),
        new Transaction.SetAttr(B, "old", new byte[1]),
        new Transaction.OmapSet(B, new byte[] {77}, new byte[1]),
        new Transaction.Write(B, 1 << 20, stage(bytes(5_000, 3))),
        new Transaction.Clone(A, B));
    reopen();
    assertThat(store().stat(PG, B)).contains(new ObjectStore.ObjectStat(60_100, hint));
    assertThat(whole(B)).isEqualTo(whole(A)).hasSize(60_100);
    assertThat(store().attrs(PG, B)).containsOnlyKeys("x", "y");
    assertThat(store().omapHeader(PG, B)).containsExactly(9);
    assertThat(List.copyOf(store().omapList(PG, B, new byte[0], 10).keySet()))
        .containsExactly(new byte[] {1}, new byte[] {3});
  }

  @Test
  default void shouldKeepACloneApartFromItsSource() throws Exception {
    byte[] first = bytes(100_000, 1);
    apply(
        new Transaction.Write(A, 0, stage(first.clone())),
        new Transaction.OmapSet(A, new byte[] {1}, new byte[] {2}));
    apply(new Transaction.Clone(A, B));
    apply(
        new Transaction.WriteInline(A, 5, new byte[] {0, 0, 0}),
        new Transaction.Write(B, 50_000, stage(new byte[20_000])),
        new Transaction.OmapClear(A),
        new Transaction.SetAttr(A, "x", new byte[1]));
    byte[] a = first.clone();
    Arrays.fill(a, 5, 8, (byte) 0);
    byte[] b = first.clone();
    Arrays.fill(b, 50_000, 70_000, (byte) 0);
    assertThat(whole(A)).isEqualTo(a);
    assertThat(whole(B)).isEqualTo(b);
    assertThat(store().omapList(PG, A, new byte[0], 10)).isEmpty();
    assertThat(store().omapList(PG, B, new byte[0], 10)).hasSize(1);
    assertThat(store().attrs(PG, B)).isEmpty();
    apply(new Transaction.Remove(A));
    reopen();
    assertThat(whole(B)).isEqualTo(b);
  }

  @Test
  default void shouldCloneWhatTheSameTransactionWrote() throws Exception {
    Transaction fill = new Transaction(PG);
    for (int i = 0; i < 2000; i++) {
      byte[] key = {(byte) (i >> 8), (byte) i};
      fill.add(new Transaction.OmapSet(A, key, key));
    }
    commit(fill);
    apply(
        new Transaction.AppendInline(A, bytes(10, 1)),
        new Transaction.OmapRemoveRange(A, new byte[] {0}, new byte[] {7}),
        new Transaction.OmapRemove(A, new byte[] {7, 1}),
        new Transaction.OmapSet(A, new byte[] {0, 5}, new byte[] {1}),
        new Transaction.Clone(A, B),
        new Transaction.OmapSet(A, new byte[] {0, 6}, new byte[] {1}),
        new Transaction.AppendInline(A, bytes(10, 2)));
    assertThat(whole(B)).isEqualTo(bytes(10, 1));
    assertThat(store().omapList(PG, B, new byte[0], 3000)).hasSize(2000 - 7 * 256 - 1 + 1);
    assertThat(store().omapGet(PG, B, new byte[] {0, 5})).contains(new byte[] {1});
    assertThat(store().omapGet(PG, B, new byte[] {7, 1})).isEmpty();
  }

  @Test
  default void shouldCloneARangeWithItsHoles() throws Exception {
    byte[] source = new byte[30_000];
    System.arraycopy(bytes(10_000, 1), 0, source, 5_000, 10_000);
    byte[] target = bytes(40_000, 2);
    apply(
        new Transaction.Write(A, 5_000, stage(Arrays.copyOfRange(source, 5_000, 15_000))),
        new Transaction.Truncate(A, 30_000),
        new Transaction.Write(B, 0, stage(target.clone())));
    apply(new Transaction.CloneRange(A, B, 4_000, 16_000, 30_000));
    byte[] expected = Arrays.copyOf(target, 46_000);
    System.arraycopy(source, 4_000, expected, 30_000, 16_000);
    assertThat(whole(B)).isEqualTo(expected);
    assertThat(whole(A)).isEqualTo(source);
    apply(new Transaction.CloneRange(A, B, 29_000, 3_000, 0));
    Arrays.fill(expected, 0, 3_000, (byte) 0);
    assertThat(whole(B)).isEqualTo(expected);
    apply(new Transaction.Remove(A));
    reopen();
    assertThat(whole(B)).isEqualTo(expected);
  }

  @Test
  default void shouldCloneARangeWithinAnObject() throws Exception {
    byte[] expected = bytes(20_000, 1);
    apply(new Transaction.Write(A, 0, stage(expected.clone())));
    apply(new Transaction.CloneRange(A, A, 0, 15_000, 4_000));
    System.arraycopy(expected.clone(), 0, expected, 4_000, 15_000);
    assertThat(whole(A)).isEqualTo(expected);
    apply(new Transaction.CloneRange(A, A, 0, 0, 90_000), new Transaction.Clone(A, A));
    assertThat(whole(A)).isEqualTo(expected);
  }

  @Test
  default void shouldGiveBackSpaceWithTheLastClone() throws Exception {
    long free = store().space().free();
    apply(new Transaction.Write(A, 0, stage(bytes(1 << 20, 1))));
    apply(new Transaction.Clone(A, B));
    apply(new Transaction.Remove(A));
    assertThat(whole(B)).isEqualTo(bytes(1 << 20, 1));
    apply(new Transaction.Remove(B));
    for (int i = 0; i < 3000 && store().space().free() < free; i++) {
      Thread.sleep(10);
    }
    assertThat(store().space().free()).isEqualTo(free);
  }

  @Test
  default void shouldRename() throws Exception {
    apply(
        new Transaction.Write(A, 0, stage(bytes(20_000, 1))),
        new Transaction.OmapSet(A, new byte[] {1}, new byte[] {2}),
        new Transaction.OmapHeader(A, new byte[] {3}),
        new Transaction.SetAttr(A, "x", new byte[] {4}));
    apply(new Transaction.Rename(A, B), new Transaction.AppendInline(B, new byte[] {1}));
    reopen();
    assertThat(store().exists(PG, A)).isFalse();
    assertThat(whole(B)).isEqualTo(Arrays.copyOf(append(bytes(20_000, 1), 1), 20_001));
    assertThat(store().attr(PG, B, "x")).contains(new byte[] {4});
    assertThat(store().omapHeader(PG, B)).containsExactly(3);
    assertThat(store().omapList(PG, B, new byte[0], 10)).hasSize(1);
    apply(new Transaction.Touch(A));
    assertThat(store().omapList(PG, A, new byte[0], 10)).isEmpty();
    assertThat(whole(A)).isEmpty();
  }

  private static byte[] append(byte[] bytes, int last) {
    byte[] longer = Arrays.copyOf(bytes, bytes.length + 1);
    longer[bytes.length] = (byte) last;
    return longer;
  }

  @Test
  default void shouldRefuseAndApplyNothing() throws Exception {
    apply(new Transaction.WriteInline(A, 0, bytes(10, 1)), new Transaction.Touch(B));
    long free = store().space().free();
    ObjectId absent = ObjectStoreContract.object("absent");
    Transaction.Op[] refused = {
      new Transaction.Clone(absent, B),
      new Transaction.CloneRange(absent, B, 0, 1, 0),
      new Transaction.Rename(absent, absent),
      new Transaction.Rename(A, B),
      new Transaction.MoveTo(B, OTHER, B),
      new Transaction.MergeCollection(OTHER),
      new Transaction.SplitCollection(1, 0, OTHER)
    };
    for (Transaction.Op op : refused) {
      StoreException refusal =
          outcome(
              transaction(
                  PG,
                  new Transaction.Remove(A),
                  new Transaction.WriteFull(B, stage(bytes(50_000, 2))),
                  new Transaction.WriteInline(A, 0, bytes(20, 3)),
                  op));
      assertThat(refusal).as(op.toString()).isNotNull();
      assertThat(refusal.kind())
          .isIn(
              StoreException.Kind.NOT_FOUND,
              StoreException.Kind.EXISTS,
              StoreException.Kind.NO_COLLECTION);
    }
    assertThat(outcome(transaction(OTHER, new Transaction.Touch(A))).kind())
        .isEqualTo(StoreException.Kind.NO_COLLECTION);
    assertThat(whole(A)).isEqualTo(bytes(10, 1));
    assertThat(whole(B)).isEmpty();
    assertThat(store().space().free()).isEqualTo(free);
    apply(new Transaction.Remove(B), new Transaction.Rename(A, B), new Transaction.Clone(B, A));
    assertThat(whole(A)).isEqualTo(bytes(10, 1));
  }
}
