package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.bytes;
import static io.sluice.objectstore.ObjectStoreContract.object;
import static io.sluice.objectstore.StoreFixture.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Objects that change their collection, and collections that part and meet. */
interface CollectionContract extends StoreFixture {
  @Test
  default void shouldMoveAnObjectToAnotherCollection() throws Exception {
    commit(transaction(OTHER, new Transaction.CreateCollection()));
    apply(
        new Transaction.Write(A, 0, stage(bytes(20_000, 1))),
        new Transaction.OmapSet(A, new byte[] {1}, new byte[] {2}));
    apply(new Transaction.MoveTo(A, OTHER, B));
    reopen();
    assertThat(store().list(PG, null, 10).objects()).isEmpty();
    assertThat(store().list(OTHER, null, 10).objects()).containsExactly(B);
    assertThat(read(OTHER, B, 0, 30_000)).isEqualTo(bytes(20_000, 1));
    assertThat(store().omapList(OTHER, B, new byte[0], 10)).hasSize(1);
  }

  @Test
  default void shouldSplitByTheBitsOfTheHashAndMergeAgain() throws Exception {
    List<ObjectId> all = fill(200);
    List<ObjectId> moved = all.stream().filter(each -> (each.hash() & 7) == 5).toList();
    assertThat(moved).isNotEmpty().hasSizeLessThan(100);
    commit(transaction(OTHER, new Transaction.CreateCollection()));
    ObjectId late = ObjectId.head(3, "", "", "late", 0x1205);
    apply(
        new Transaction.WriteInline(late, 0, bytes(10, 7)),
        new Transaction.SplitCollection(3, 5, OTHER));
    reopen();
    assertThat(store().list(OTHER, null, 1000).objects())
        .containsExactlyInAnyOrderElementsOf(with(moved, late));
    List<ObjectId> stayed = new ArrayList<>(all);
    stayed.removeAll(moved);
    assertThat(store().list(PG, null, 1000).objects()).containsExactlyInAnyOrderElementsOf(stayed);
    for (ObjectId each : moved) {
      assertThat(read(OTHER, each, 0, 1 << 20)).isEqualTo(content(each));
      assertThat(store().omapList(OTHER, each, new byte[0], 10)).hasSize(1);
    }
    commit(
        transaction(
            OTHER,
            new Transaction.MergeCollection(PG),
            new Transaction.SetAttr(A, "x", new byte[1])));
    assertThat(store().collections()).containsExactly(OTHER);
    assertThat(store().list(OTHER, null, 1000).objects())
        .containsExactlyInAnyOrderElementsOf(with(with(all, late), A));
    for (ObjectId each : all) {
      assertThat(read(OTHER, each, 0, 1 << 20)).isEqualTo(content(each));
    }
  }

  private static List<ObjectId> with(List<ObjectId> objects, ObjectId one) {
    List<ObjectId> more = new ArrayList<>(objects);
    more.add(one);
    return more;
  }

  private List<ObjectId> fill(int count) throws Exception {
    Transaction fill = new Transaction(PG);
    List<ObjectId> all = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ObjectId each = ObjectId.head(3, "", "", "o" + i, i * 0x9e3779b9);
      all.add(each);
      if (i % 10 == 0) {
        fill.add(new Transaction.Write(each, 0, stage(content(each))));
      } else {
        fill.add(new Transaction.WriteInline(each, 0, content(each)));
      }
      fill.add(new Transaction.OmapSet(each, new byte[] {1}, new byte[] {2}));
    }
    commit(fill);
    return all;
  }

  private static byte[] content(ObjectId object) {
    return bytes(100, object.hash());
  }

  @Test
  default void shouldReplaceWhatMeetsAtAMerge() throws Exception {
    commit(
        transaction(
            OTHER,
            new Transaction.CreateCollection(),
            new Transaction.WriteInline(A, 0, bytes(10, 1))));
    apply(new Transaction.WriteInline(A, 0, bytes(99, 2)), new Transaction.Touch(B));
    apply(new Transaction.MergeCollection(OTHER));
    assertThat(whole(A)).isEqualTo(bytes(10, 1));
    assertThat(store().list(PG, null, 10).objects()).containsExactlyInAnyOrder(A, B);
    assertThat(store().exists(OTHER)).isFalse();
  }

  /** What checks a transaction follows its own collections and objects. */
  @Test
  default void shouldKnowWhatATransactionItselfDidBefore() throws Exception {
    apply(new Transaction.WriteInline(A, 0, bytes(10, 1)));
    commit(transaction(OTHER, new Transaction.CreateCollection()));
    ObjectId other = object("c");
    apply(
        new Transaction.SplitCollection(0, 0, OTHER),
        new Transaction.Touch(other),
        new Transaction.Rename(other, A),
        new Transaction.Rename(A, other),
        new Transaction.MergeCollection(OTHER),
        new Transaction.Clone(A, B),
        new Transaction.Remove(A));
    assertThat(whole(B)).isEqualTo(bytes(10, 1));
    Transaction.Op[] refused = {
      new Transaction.Clone(A, B), new Transaction.MergeCollection(OTHER)
    };
    for (Transaction.Op op : refused) {
      assertThat(outcome(transaction(PG, op))).as(op.toString()).isNotNull();
    }
    StoreException gone =
        outcome(
            transaction(
                PG,
                new Transaction.RemoveCollection(),
                new Transaction.CreateCollection(),
                new Transaction.Clone(B, A)));
    assertThat(gone.kind()).isEqualTo(StoreException.Kind.NOT_FOUND);
    assertThat(whole(B)).isEqualTo(bytes(10, 1));
  }

  /** A transaction on two collections has its place in the order of both. */
  @Test
  default void shouldKeepTheOrderOfBothCollections() throws Exception {
    commit(transaction(OTHER, new Transaction.CreateCollection()));
    List<String> order = new ArrayList<>();
    CountDownLatch done = new CountDownLatch(90);
    for (int i = 0; i < 30; i++) {
      ObjectId each = object("m" + i);
      byte[] bytes = bytes(300_000, i);
      Transaction[] three = {
        transaction(PG, new Transaction.Write(each, 0, stage(bytes))),
        transaction(PG, new Transaction.MoveTo(each, OTHER, each)),
        transaction(OTHER, new Transaction.Rename(each, object("n" + i)))
      };
      for (int step = 0; step < 3; step++) {
        String name = String.format("%02d.%d", i, step);
        store()
            .commit(
                three[step],
                () -> {
                  order.add(name);
                  done.countDown();
                });
      }
    }
    assertThat(done.await(30, TimeUnit.SECONDS)).as("all 90 committed").isTrue();
    assertThat(order).isSorted();
    assertThat(store().list(OTHER, null, 100).objects()).hasSize(30);
    assertThat(read(OTHER, object("n7"), 0, 300_000)).isEqualTo(bytes(300_000, 7));
  }
}
