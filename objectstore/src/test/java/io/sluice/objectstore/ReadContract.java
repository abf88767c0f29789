package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.bytes;
import static io.sluice.objectstore.ObjectStoreContract.object;
import static io.sluice.objectstore.StoreFixture.transaction;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.types.ObjectId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** What can be asked of a store beside whole objects. */
interface ReadContract extends StoreFixture {
  @Test
  default void shouldReadManyRunsOfOneStateAtOnce() throws Exception {
    byte[] data = bytes(100_000, 1);
    apply(
        new Transaction.Write(A, 0, stage(data.clone())),
        new Transaction.Truncate(A, 200_000),
        new Transaction.WriteInline(A, 150_000, bytes(100, 2)));
    byte[] expected = new byte[300];
    System.arraycopy(data, 4_000, expected, 0, 100);
    System.arraycopy(data, 10, expected, 100, 50);
    System.arraycopy(bytes(100, 2), 0, expected, 200, 100);
    List<ObjectStore.Range> runs =
        List.of(
            new ObjectStore.Range(4_000, 100),
            new ObjectStore.Range(10, 50),
            new ObjectStore.Range(149_950, 150),
            new ObjectStore.Range(500_000, 10),
            new ObjectStore.Range(7, 0));
    try (BufferList found = store().read(PG, A, runs).get(30, TimeUnit.SECONDS)) {
      assertThat(found.toByteArray(null, null)).isEqualTo(expected);
    }
    assertThatThrownBy(() -> new ObjectStore.Range(-1, 1))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  default void shouldTellWhereBytesAreAndWhereHoles() throws Exception {
    assertThat(store().extents(PG, A, 0, 1 << 20)).isEmpty();
    apply(new Transaction.Touch(A));
    assertThat(store().extents(PG, A, 0, 1 << 20)).isEmpty();
    apply(
        new Transaction.Write(A, 10_000, stage(bytes(5_000, 1))),
        new Transaction.WriteInline(A, 15_000, bytes(10, 2)),
        new Transaction.Write(A, 100_000, stage(bytes(1_000, 3))),
        new Transaction.Zero(A, 12_000, 1_000),
        new Transaction.Truncate(A, 1 << 20));
    reopen();
    assertThat(store().extents(PG, A, 0, Long.MAX_VALUE))
        .containsExactly(
            new ObjectStore.Range(10_000, 2_000),
            new ObjectStore.Range(13_000, 2_010),
            new ObjectStore.Range(100_000, 1_000));
    assertThat(store().extents(PG, A, 14_000, 86_001))
        .containsExactly(new ObjectStore.Range(14_000, 1_010), new ObjectStore.Range(100_000, 1));
    assertThat(store().extents(PG, A, 20_000, 50_000)).isEmpty();
    apply(new Transaction.CloneRange(A, B, 9_000, 3_000, 500));
    assertThat(store().extents(PG, B, 0, Long.MAX_VALUE))
        .containsExactly(new ObjectStore.Range(1_500, 2_000));
  }

  @Test
  default void shouldKnowHowMuchIsInACollection() throws Exception {
    assertThat(store().usage(PG)).isEqualTo(new ObjectStore.Usage(0, 0));
    assertThat(store().usage(OTHER)).isEqualTo(new ObjectStore.Usage(0, 0));
    apply(
        new Transaction.WriteInline(A, 0, bytes(100, 1)),
        new Transaction.Clone(A, B),
        new Transaction.Truncate(B, 1_000));
    assertThat(store().usage(PG)).isEqualTo(new ObjectStore.Usage(2, 1_100));
    commit(transaction(OTHER, new Transaction.CreateCollection()));
    apply(new Transaction.MoveTo(A, OTHER, A), new Transaction.Truncate(B, 10));
    reopen();
    assertThat(store().usage(PG)).isEqualTo(new ObjectStore.Usage(1, 10));
    assertThat(store().usage(OTHER)).isEqualTo(new ObjectStore.Usage(1, 100));
    apply(new Transaction.MergeCollection(OTHER), new Transaction.Remove(B));
    assertThat(store().usage(PG)).isEqualTo(new ObjectStore.Usage(1, 100));
    assertThat(store().usage(OTHER)).isEqualTo(new ObjectStore.Usage(0, 0));
    apply(
        new Transaction.RemoveCollection(),
        new Transaction.CreateCollection(),
        new Transaction.Touch(B));
    reopen();
    assertThat(store().usage(PG)).isEqualTo(new ObjectStore.Usage(1, 0));
  }

  @Test
  default void shouldWriteFullAppendAndHint() throws Exception {
    apply(
        new Transaction.WriteInline(A, 0, bytes(50_000, 1)),
        new Transaction.SetAttrs(A, Map.of("x", new byte[] {1})));
    apply(
        new Transaction.WriteFull(A, stage(bytes(20_000, 2))),
        new Transaction.Append(A, stage(bytes(5_000, 3))),
        new Transaction.AppendInline(A, bytes(10, 4)),
        new Transaction.SetAllocHint(A, new AllocHint(1 << 22, 1 << 20, 1)),
        new Transaction.SetAllocHint(B, AllocHint.NONE));
    byte[] expected = Arrays.copyOf(bytes(20_000, 2), 25_010);
    System.arraycopy(bytes(5_000, 3), 0, expected, 20_000, 5_000);
    System.arraycopy(bytes(10, 4), 0, expected, 25_000, 10);
    reopen();
    assertThat(whole(A)).isEqualTo(expected);
    assertThat(store().attrs(PG, A)).containsOnlyKeys("x");
    assertThat(store().stat(PG, A))
        .contains(new ObjectStore.ObjectStat(25_010, new AllocHint(1 << 22, 1 << 20, 1)));
    assertThat(store().exists(PG, B)).isTrue();
  }

  @Test
  default void shouldKeepTheHeaderOfAnOmapUntilItIsCleared() throws Exception {
    assertThat(store().omapHeader(PG, A)).isEmpty();
    apply(
        new Transaction.OmapHeader(A, bytes(300, 1)),
        new Transaction.OmapSet(A, new byte[] {1}, new byte[] {1}));
    apply(new Transaction.OmapRemoveRange(A, new byte[0], new byte[] {9}));
    reopen();
    assertThat(store().omapHeader(PG, A)).isEqualTo(bytes(300, 1));
    apply(new Transaction.OmapSet(A, new byte[] {2}, new byte[] {1}), new Transaction.OmapClear(A));
    assertThat(store().omapHeader(PG, A)).isEmpty();
    assertThat(store().omapList(PG, A, new byte[0], 10)).isEmpty();
  }

  /** Names with every character there is, long ones, and hashes that agree. (ceph: Longname...) */
  @Test
  default void shouldKeepAnyNameApartFromAnyOther() throws Exception {
    ObjectId[] odd = {
      ObjectId.head(3, "", "", "", 7),
      ObjectId.head(3, "", "", "\0", 7),
      ObjectId.head(3, "", "\0", "", 7),
      ObjectId.head(3, "\0", "", "", 7),
      ObjectId.head(3, "a", "b", "c", 7),
      ObjectId.head(3, "", "", "a/b\n\u00e9\ufffd%_..", 7),
      ObjectId.head(3, "", "", "x".repeat(4096), -1),
      ObjectId.head(3, "", "", "x".repeat(4095) + "y", -1),
      new ObjectId(3, "", "", "c", 7, 12, ObjectId.NO_GENERATION, ObjectId.NO_SHARD),
      new ObjectId(3, "", "", "c", 7, ObjectId.HEAD, 5, ObjectId.NO_SHARD),
      new ObjectId(3, "", "", "c", 7, ObjectId.HEAD, ObjectId.NO_GENERATION, 2),
      new ObjectId(-5, "", "", "c", 7, ObjectId.HEAD, ObjectId.NO_GENERATION, 2)
    };
    for (int i = 0; i < odd.length; i++) {
      apply(new Transaction.WriteInline(odd[i], 0, bytes(i + 1, i)));
    }
    reopen();
    for (int i = 0; i < odd.length; i++) {
      assertThat(whole(odd[i])).isEqualTo(bytes(i + 1, i));
    }
    assertThat(store().list(PG, null, 100).objects())
        .hasSize(odd.length)
        .containsExactlyInAnyOrder(odd);
    assertThat(store().list(PG, object("zzz"), 0).objects()).isEmpty();
  }
}
