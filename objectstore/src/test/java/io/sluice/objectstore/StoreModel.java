package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * What a store should hold, in the simplest way there is: byte arrays and maps; makes transactions
 * by chance and compares a store with what they should have done.
 */
final class StoreModel {
  private static final List<CollectionId> COLLECTIONS =
      List.of(ObjectStoreContract.PG, ObjectStoreContract.OTHER);
  private static final int NAMES = 6;

  private static final class Content {
    byte[] data = new byte[0];
    final TreeMap<String, byte[]> attrs = new TreeMap<>();
    final TreeMap<byte[], byte[]> omap = new TreeMap<>(Arrays::compareUnsigned);

    void write(int at, byte[] bytes) {
      if (bytes.length == 0) {
        return;
      }
      data = Arrays.copyOf(data, Math.max(data.length, at + bytes.length));
      System.arraycopy(bytes, 0, data, at, bytes.length);
    }
  }

  private final Random random;
  private final TreeMap<String, TreeMap<ObjectKey, Content>> collections = new TreeMap<>();

  StoreModel(Random random) {
    this.random = random;
  }

  /** A transaction that was applied to the model. */
  Transaction next(ObjectStore store) throws StoreException {
    CollectionId collection = COLLECTIONS.get(random.nextInt(COLLECTIONS.size()));
    Transaction transaction = new Transaction(collection);
    if (!collections.containsKey(collection.toString())) {
      collections.put(collection.toString(), new TreeMap<>());
      transaction.add(new Transaction.CreateCollection());
    }
    TreeMap<ObjectKey, Content> objects = collections.get(collection.toString());
    for (int i = random.nextInt(5); i >= 0; i--) {
      transaction.add(op(store, objects));
    }
    if (random.nextInt(60) == 0) {
      collections.remove(collection.toString());
      transaction.add(new Transaction.RemoveCollection());
    }
    return transaction;
  }

  private Transaction.Op op(ObjectStore store, TreeMap<ObjectKey, Content> objects)
      throws StoreException {
    ObjectId object = ObjectStoreContract.object("n" + random.nextInt(NAMES));
    ObjectKey key = ObjectKey.of(object);
    int kind = random.nextInt(14);
    if (kind == 0) {
      objects.remove(key);
      return new Transaction.Remove(object);
    }
    if (kind <= 4) {
      return removal(kind, object, objects.getOrDefault(key, new Content()));
    }
    return addition(kind, object, objects.computeIfAbsent(key, absent -> new Content()), store);
  }

  private Transaction.Op removal(int kind, ObjectId object, Content content) {
    byte[] first = omapKey();
    switch (kind) {
      case 1:
        content.attrs.remove("attr1");
        return new Transaction.RemoveAttr(object, "attr1");
      case 2:
        content.omap.remove(first);
        return new Transaction.OmapRemove(object, first);
      case 3:
        byte[] end = omapKey();
        if (Arrays.compareUnsigned(first, end) < 0) {
          content.omap.subMap(first, end).clear();
        }
        return new Transaction.OmapRemoveRange(object, first, end);
      default:
        if (random.nextInt(3) > 0) {
          content.attrs.clear();
          return new Transaction.RemoveAttrs(object);
        }
        content.omap.clear();
        return new Transaction.OmapClear(object);
    }
  }

  private Transaction.Op addition(int kind, ObjectId object, Content content, ObjectStore store)
      throws StoreException {
    int at = random.nextInt(3) == 0 ? content.data.length : random.nextInt(60_000);
    byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 300 : 30_000)];
    random.nextBytes(bytes);
    switch (kind) {
      case 5:
        return new Transaction.Touch(object);
      case 6:
        content.write(at, new byte[bytes.length]);
        return new Transaction.Zero(object, at, bytes.length);
      case 7:
        content.data = Arrays.copyOf(content.data, at);
        return new Transaction.Truncate(object, at);
      case 8:
        String name = "attr" + random.nextInt(3);
        content.attrs.put(name, bytes);
        return new Transaction.SetAttr(object, name, bytes);
      case 9:
        byte[] key = omapKey();
        content.omap.put(key, bytes);
        return new Transaction.OmapSet(object, key, bytes);
      case 10:
      case 11:
        content.write(at, bytes);
        return new Transaction.WriteInline(object, at, bytes);
      default:
        content.write(at, bytes);
        return new Transaction.Write(object, at, store.claimStage(BufferList.wrap(bytes), null));
    }
  }

  private byte[] omapKey() {
    byte[] key = new byte[random.nextInt(3)];
    random.nextBytes(key);
    return key;
  }

  void compare(ObjectStore store) throws Exception {
    assertThat(store.collections().stream().map(CollectionId::toString))
        .containsExactlyElementsOf(collections.keySet());
    for (CollectionId collection : COLLECTIONS) {
      TreeMap<ObjectKey, Content> objects =
          collections.getOrDefault(collection.toString(), new TreeMap<>());
      assertThat(store.list(collection, null, 1000).objects())
          .isEqualTo(objects.keySet().stream().map(ObjectKey::id).toList());
      for (ObjectKey key : objects.keySet()) {
        compare(store, collection, key.id(), objects.get(key));
      }
    }
  }

  private void compare(ObjectStore store, CollectionId collection, ObjectId object, Content content)
      throws Exception {
    assertThat(store.stat(collection, object))
        .contains(new ObjectStore.ObjectStat(content.data.length));
    int from = random.nextInt(content.data.length + 1);
    for (int start : new int[] {0, from}) {
      try (BufferList bytes =
          store.read(collection, object, start, 1 << 30).get(30, TimeUnit.SECONDS)) {
        byte[] expected = Arrays.copyOfRange(content.data, start, content.data.length);
        assertThat(bytes.toByteArray(null, null)).isEqualTo(expected);
      }
    }
    assertThat(store.attrs(collection, object)).containsExactlyInAnyOrderEntriesOf(content.attrs);
    List<byte[]> flat = new ArrayList<>();
    store
        .omapList(collection, object, new byte[0], 1000)
        .forEach((key, value) -> flat.addAll(List.of(key, value)));
    List<byte[]> expected = new ArrayList<>();
    content.omap.forEach((key, value) -> expected.addAll(List.of(key, value)));
    assertThat(flat.toArray(byte[][]::new)).isDeepEqualTo(expected.toArray(byte[][]::new));
  }
}
