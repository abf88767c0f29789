package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * The operations of a {@link StoreModel}'s transactions: each is made by chance, added to the
 * transaction and done to the model. <b>Threads:</b> one.
 */
final class ModelOps {
  private interface Maker {
    void addTo(Transaction transaction, ObjectStore store) throws StoreException;
  }

  private final Random random;
  private final StoreModel.Bounds bounds;
  private final TreeMap<CollectionId, TreeMap<ObjectKey, ModelObject>> held;
  private final List<Maker> mix = new ArrayList<>();

  ModelOps(
      Random random,
      StoreModel.Bounds bounds,
      TreeMap<CollectionId, TreeMap<ObjectKey, ModelObject>> held) {
    this.random = random;
    this.bounds = bounds;
    this.held = held;
    mix(25, this::write);
    mix(5, this::replace);
    mix(5, this::append);
    mix(10, this::zero);
    mix(10, this::truncate);
    mix(15, this::rename);
    mix(5, this::cloneObject);
    mix(5, this::cloneRange);
    mix(5, this::remove);
    mix(3, (transaction, store) -> made(transaction, Transaction.Touch::new));
    mix(12, this::attributes);
    mix(20, this::omap);
    mix(2, this::move);
  }

  private void mix(int percent, Maker maker) {
    for (int i = 0; i < percent; i++) {
      mix.add(maker);
    }
  }

  /** One more operation, or sometimes two. */
  void addTo(Transaction transaction, ObjectStore store) throws StoreException {
    anyOf(mix).addTo(transaction, store);
  }

  private <T> T anyOf(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  ObjectId anyName() {
    return StoreModel.object("n" + random.nextInt(bounds.names()));
  }

  private TreeMap<ObjectKey, ModelObject> objects(Transaction transaction) {
    return held.get(transaction.collection());
  }

  private ModelObject content(Transaction transaction, ObjectId object) {
    return objects(transaction).computeIfAbsent(ObjectKey.of(object), key -> new ModelObject());
  }

  /** One that exists, if only from now on. */
  private ObjectId existing(Transaction transaction) {
    List<ObjectKey> keys = List.copyOf(objects(transaction).keySet());
    return keys.isEmpty() ? made(transaction, Transaction.Touch::new) : anyOf(keys).id();
  }

  private interface OpOf {
    Transaction.Op on(ObjectId object);
  }

  /** Adds an operation that makes its object. */
  private ObjectId made(Transaction transaction, OpOf op) {
    ObjectId object = anyName();
    content(transaction, object);
    transaction.add(op.on(object));
    return object;
  }

  byte[] bytes() {
    byte[] bytes = new byte[random.nextInt(random.nextBoolean() ? 300 : bounds.writeBytes())];
    random.nextBytes(bytes);
    return bytes;
  }

  static StagedWrite stage(ObjectStore store, byte[] bytes) throws StoreException {
    return store.claimStage(BufferList.wrap(bytes.clone()), null);
  }

  private int place() {
    return random.nextInt(bounds.objectBytes());
  }

  private void write(Transaction transaction, ObjectStore store) throws StoreException {
    ObjectId object = anyName();
    ModelObject content = content(transaction, object);
    int at = random.nextInt(3) == 0 ? Math.min(content.data.length, bounds.objectBytes()) : place();
    byte[] bytes = bytes();
    content.write(at, bytes);
    transaction.add(
        random.nextBoolean()
            ? new Transaction.WriteInline(object, at, bytes)
            : new Transaction.Write(object, at, stage(store, bytes)));
  }

  private void replace(Transaction transaction, ObjectStore store) throws StoreException {
    ObjectId object = anyName();
    byte[] bytes = bytes();
    content(transaction, object).data = bytes;
    transaction.add(new Transaction.WriteFull(object, stage(store, bytes)));
  }

  private void append(Transaction transaction, ObjectStore store) throws StoreException {
    ObjectId object = anyName();
    ModelObject content = content(transaction, object);
    if (content.data.length > bounds.objectBytes()) {
      replace(transaction, store);
      return;
    }
    byte[] bytes = bytes();
    content.write(content.data.length, bytes);
    transaction.add(
        random.nextBoolean()
            ? new Transaction.AppendInline(object, bytes)
            : new Transaction.Append(object, stage(store, bytes)));
  }

  private void zero(Transaction transaction, ObjectStore store) {
    int at = place();
    int length = random.nextInt(bounds.writeBytes());
    ObjectId object = made(transaction, each -> new Transaction.Zero(each, at, length));
    content(transaction, object).write(at, new byte[length]);
  }

  private void truncate(Transaction transaction, ObjectStore store) {
    int size = place();
    ObjectId object = made(transaction, each -> new Transaction.Truncate(each, size));
    ModelObject content = content(transaction, object);
    content.data = Arrays.copyOf(content.data, size);
  }

  private void remove(Transaction transaction, ObjectStore store) {
    ObjectId object = anyName();
    objects(transaction).remove(ObjectKey.of(object));
    transaction.add(new Transaction.Remove(object));
  }

  private void rename(Transaction transaction, ObjectStore store) {
    ObjectId source = existing(transaction);
    ObjectId target = anyName();
    if (!source.equals(target)) {
      if (objects(transaction).containsKey(ObjectKey.of(target))) {
        transaction.add(new Transaction.Remove(target));
      }
      ModelObject content = objects(transaction).remove(ObjectKey.of(source));
      objects(transaction).put(ObjectKey.of(target), content);
      transaction.add(new Transaction.Rename(source, target));
    }
  }

  private void cloneObject(Transaction transaction, ObjectStore store) {
    ObjectId source = existing(transaction);
    ObjectId target = anyName();
    ModelObject copy = content(transaction, source).copy();
    objects(transaction).put(ObjectKey.of(target), copy);
    transaction.add(new Transaction.Clone(source, target));
  }

  private void cloneRange(Transaction transaction, ObjectStore store) {
    ObjectId source = existing(transaction);
    int from = place();
    int length = random.nextInt(bounds.writeBytes());
    byte[] range = content(transaction, source).range(from, length);
    int at = place();
    ObjectId target =
        made(transaction, each -> new Transaction.CloneRange(source, each, from, length, at));
    content(transaction, target).write(at, range);
  }

  private void attributes(Transaction transaction, ObjectStore store) {
    String name = "attr" + random.nextInt(5);
    byte[] value = bytes();
    ObjectId object = anyName();
    if (random.nextInt(3) > 0) {
      made(
          transaction,
          each -> {
            content(transaction, each).attrs.putAll(Map.of(name, value, "second", new byte[1]));
            return new Transaction.SetAttrs(each, Map.of(name, value, "second", new byte[1]));
          });
      return;
    }
    ModelObject content =
        objects(transaction).getOrDefault(ObjectKey.of(object), new ModelObject());
    if (random.nextInt(3) > 0) {
      content.attrs.remove(name);
      transaction.add(new Transaction.RemoveAttr(object, name));
    } else {
      content.attrs.clear();
      transaction.add(new Transaction.RemoveAttrs(object));
    }
  }

  private void omap(Transaction transaction, ObjectStore store) {
    int kind = random.nextInt(20);
    byte[] key = omapKey();
    byte[] value = bytes();
    if (kind < 10) {
      ObjectId object = made(transaction, each -> new Transaction.OmapSet(each, key, value));
      content(transaction, object).omap.put(key, value);
    } else if (kind < 12) {
      ObjectId object = made(transaction, each -> new Transaction.OmapHeader(each, key));
      content(transaction, object).header = key;
    } else if (kind == 12) {
      AllocHint hint = new AllocHint(kind, random.nextInt(), 3);
      ObjectId object = made(transaction, each -> new Transaction.SetAllocHint(each, hint));
      content(transaction, object).hint = hint;
    } else {
      removeFromOmap(transaction, kind, key);
    }
  }

  private void removeFromOmap(Transaction transaction, int kind, byte[] key) {
    ObjectId object = anyName();
    ModelObject content =
        objects(transaction).getOrDefault(ObjectKey.of(object), new ModelObject());
    if (kind < 16) {
      content.omap.remove(key);
      transaction.add(new Transaction.OmapRemove(object, key));
    } else if (kind < 19) {
      byte[] end = omapKey();
      if (Arrays.compareUnsigned(key, end) < 0) {
        content.omap.subMap(key, end).clear();
      }
      transaction.add(new Transaction.OmapRemoveRange(object, key, end));
    } else {
      content.omap.clear();
      content.header = new byte[0];
      transaction.add(new Transaction.OmapClear(object));
    }
  }

  private byte[] omapKey() {
    byte[] key = new byte[random.nextInt(3)];
    random.nextBytes(key);
    return key;
  }

  private void move(Transaction transaction, ObjectStore store) {
    CollectionId other = anyOf(List.copyOf(held.keySet()));
    ObjectId source = existing(transaction);
    ObjectId target = anyName();
    if (!other.equals(transaction.collection())
        && !held.get(other).containsKey(ObjectKey.of(target))) {
      ModelObject content = objects(transaction).remove(ObjectKey.of(source));
      held.get(other).put(ObjectKey.of(target), content);
      transaction.add(new Transaction.MoveTo(source, other, target));
    }
  }
}
