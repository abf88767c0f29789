package io.sluice.objectstore;

import static io.sluice.objectstore.StoreFixture.transaction;
import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Listings of objects and of omap keys, with cursors anywhere. */
interface ListingContract extends StoreFixture {
  private void touch(List<ObjectId> objects) throws Exception {
    Transaction transaction = new Transaction(PG);
    objects.forEach(object -> transaction.add(new Transaction.Touch(object)));
    commit(transaction);
  }

  private List<ObjectId> listed(int page) {
    List<ObjectId> listed = new ArrayList<>();
    ObjectId cursor = null;
    do {
      ObjectStore.Listing next = store().list(PG, cursor, page);
      listed.addAll(next.objects());
      cursor = next.next();
    } while (cursor != null);
    return listed;
  }

  private static List<ObjectId> inOrder(List<ObjectId> objects) {
    return objects.stream().sorted(Comparator.comparing(ObjectKey::of)).toList();
  }

  /** ceph: HashCollisionTest, HashCollisionSorting, MultipoolListTest, Sort. */
  @Test
  default void shouldListObjectsWithTheSameHashAndOfManyPools() throws Exception {
    List<ObjectId> objects = new ArrayList<>();
    for (int i = 0; i < 600; i++) {
      String namespace = i % 3 == 0 ? "n" + i % 5 : "";
      objects.add(ObjectId.head(i % 4 - 2, namespace, "k" + i % 7, "o" + i, i % 3 - 1));
    }
    touch(objects);
    reopen();
    assertThat(listed(7)).isEqualTo(inOrder(objects));
    assertThat(listed(1000)).isEqualTo(inOrder(objects));
  }

  /** ceph: List_0xfffffff_Hash_Test, ListEndTest. */
  @Test
  default void shouldListUpToTheLastHash() throws Exception {
    List<ObjectId> objects = new ArrayList<>();
    for (int hash : new int[] {0, 1, -1, 0x7fffffff, 0x80000000, 0x0fffffff, 0xf0000000}) {
      objects.add(ObjectId.head(3, "", "", "x", hash));
    }
    touch(objects);
    assertThat(listed(2)).isEqualTo(inOrder(objects));
    ObjectId last = ObjectId.head(3, "", "", "x", -1);
    assertThat(store().list(PG, last, 10)).isEqualTo(new ObjectStore.Listing(List.of(last), null));
    ObjectId beyond = ObjectId.head(3, "", "", "y", -1);
    assertThat(store().list(PG, beyond, 10)).isEqualTo(new ObjectStore.Listing(List.of(), null));
    assertThat(store().list(OTHER, null, 10)).isEqualTo(new ObjectStore.Listing(List.of(), null));
  }

  /** ceph: ManyObjectTest, TwoHash, SimpleListTest. */
  @Test
  default void shouldListWhatIsLeftOfManyObjects() throws Exception {
    List<ObjectId> objects = new ArrayList<>();
    for (int i = 0; i < 2000; i++) {
      objects.add(
          ObjectId.head(3, "", "", "object " + i, (i % 8) << 16 | (i % 2 == 0 ? 0xa1 : 0xb1)));
    }
    touch(objects);
    Transaction removal = new Transaction(PG);
    List<ObjectId> left = new ArrayList<>();
    for (ObjectId object : objects) {
      if ((object.hash() & 0xff) == 0xa1) {
        removal.add(new Transaction.Remove(object));
      } else {
        left.add(object);
      }
    }
    commit(removal);
    assertThat(listed(100)).isEqualTo(inOrder(left));
    ObjectId gone = objects.get(0);
    assertThat(store().exists(PG, gone)).isFalse();
    List<ObjectId> from = store().list(PG, gone, 1).objects();
    List<ObjectId> after =
        inOrder(left).stream()
            .filter(each -> ObjectKey.of(each).compareTo(ObjectKey.of(gone)) > 0)
            .limit(1)
            .toList();
    assertThat(from).isEqualTo(after);
  }

  /** ceph: OMapIterator, OmapSimple, OMapTest. */
  @Test
  default void shouldGoThroughAnOmapFromAnyKey() throws Exception {
    Transaction fill = transaction(PG, new Transaction.Touch(B));
    List<byte[]> keys = new ArrayList<>();
    for (int i = 0; i < 1000; i++) {
      byte[] key = String.format("key-%03d", i).getBytes(java.nio.charset.StandardCharsets.UTF_8);
      keys.add(key);
      fill.add(new Transaction.OmapSet(A, key, new byte[i % 50]));
    }
    fill.add(new Transaction.OmapSet(B, new byte[] {0}, new byte[0]));
    commit(fill);
    List<byte[]> found = new ArrayList<>();
    byte[] cursor = new byte[0];
    SortedMap<byte[], byte[]> page = store().omapList(PG, A, cursor, 64);
    while (!page.isEmpty()) {
      found.addAll(page.keySet());
      cursor = Arrays.copyOf(page.lastKey(), page.lastKey().length + 1);
      page = store().omapList(PG, A, cursor, 64);
    }
    assertThat(found.toArray(byte[][]::new)).isDeepEqualTo(keys.toArray(byte[][]::new));
    byte[] between = "key-50".getBytes(java.nio.charset.StandardCharsets.UTF_8);
    assertThat(store().omapList(PG, A, between, 1).firstKey()).isEqualTo(keys.get(500));
    assertThat(store().omapList(PG, A, new byte[] {(byte) 0xff}, 10)).isEmpty();
    assertThat(store().omapList(PG, A, new byte[0], 0)).isEmpty();
  }

  /** ceph: XattrTest, AttrSynthetic. */
  @Test
  default void shouldKeepLargeAndManyAttributes() throws Exception {
    Transaction fill = new Transaction(PG);
    for (int i = 0; i < 100; i++) {
      byte[] value = ObjectStoreContract.bytes(i == 0 ? 128 << 10 : i * 40, i);
      fill.add(new Transaction.SetAttr(A, "user.attr" + i, value));
    }
    commit(fill);
    apply(new Transaction.RemoveAttr(A, "user.attr7"));
    reopen();
    assertThat(store().attrs(PG, A)).hasSize(99).doesNotContainKey("user.attr7");
    assertThat(store().attr(PG, A, "user.attr0").orElseThrow())
        .isEqualTo(ObjectStoreContract.bytes(128 << 10, 0));
    assertThat(store().attr(PG, A, "user.attr99").orElseThrow())
        .isEqualTo(ObjectStoreContract.bytes(99 * 40, 99));
  }
}
