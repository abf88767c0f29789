package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * What a store should hold after transactions that are made by chance; compares a store with it.
 *
 * <p>The mix is that of Ceph's synthetic store test (write 25, rename 15, zero 10, truncate 10,
 * clone 5, clone-range 5, remove 5), and what that leaves out: attributes, omap, hints, moves
 * between collections, splits and merges. The same seed gives the same transactions.
 *
 * <p><b>Threads:</b> one.
 */
public final class StoreModel {
  /** A store that does not hold what it should. */
  public static final class Mismatch extends RuntimeException {
    private static final long serialVersionUID = 1L;

    Mismatch(String message) {
      super(message);
    }
  }

  /**
   * How much there is.
   *
   * @param names different objects in a collection
   * @param objectBytes where writes begin at most
   * @param writeBytes of one write, less than
   */
  public record Bounds(int collections, int names, int objectBytes, int writeBytes) {
    /** Everything happens to everything soon. */
    public static final Bounds SMALL = new Bounds(2, 6, 60_000, 30_000);
  }

  private static final int OPS_MAX = 5;

  private final Random random;
  private final List<CollectionId> ids = new ArrayList<>();
  private final TreeMap<CollectionId, TreeMap<ObjectKey, ModelObject>> held =
      new TreeMap<>(Comparator.comparing(CollectionId::pg));
  private final ModelOps ops;

  StoreModel(Random random) {
    this(random, Bounds.SMALL);
  }

  public StoreModel(Random random, Bounds bounds) {
    this.random = random;
    this.ops = new ModelOps(random, bounds, held);
    for (int i = 0; i < bounds.collections(); i++) {
      ids.add(new CollectionId(new PgId(3, 5 + i)));
    }
  }

  /** A transaction that was applied to the model. */
  public Transaction next(ObjectStore store) throws StoreException {
    CollectionId id = anyOf(ids);
    Transaction transaction = new Transaction(id);
    if (!held.containsKey(id)) {
      held.put(id, new TreeMap<>());
      transaction.add(new Transaction.CreateCollection());
    }
    for (int i = random.nextInt(OPS_MAX); i >= 0; i--) {
      ops.addTo(transaction, store);
    }
    switch (random.nextInt(120)) {
      case 0, 1 -> {
        held.remove(id);
        transaction.add(new Transaction.RemoveCollection());
      }
      case 2, 3 -> split(transaction);
      case 4, 5 -> merge(transaction);
      default -> {}
    }
    return transaction;
  }

  /** A transaction that the store must refuse: the model stays as it is. */
  public Transaction refused(ObjectStore store) throws StoreException {
    Transaction transaction = new Transaction(anyOf(ids));
    transaction.add(new Transaction.Write(ops.anyName(), 0, ModelOps.stage(store, ops.bytes())));
    transaction.add(new Transaction.Remove(ops.anyName()));
    ObjectId absent = object("absent");
    return transaction.add(new Transaction.Clone(absent, ops.anyName()));
  }

  /** Collections that exist, in order. */
  public List<CollectionId> collections() {
    return List.copyOf(held.keySet());
  }

  private <T> T anyOf(List<T> list) {
    return list.get(random.nextInt(list.size()));
  }

  static ObjectId object(String name) {
    return ObjectId.head(3, "", "", name, name.hashCode());
  }

  /** Another collection that exists, or null. */
  private CollectionId other(Transaction transaction) {
    CollectionId other = anyOf(ids);
    return other.equals(transaction.collection()) || !held.containsKey(other) ? null : other;
  }

  private void split(Transaction transaction) {
    CollectionId other = other(transaction);
    if (other != null) {
      Transaction.SplitCollection op = new Transaction.SplitCollection(2, random.nextInt(4), other);
      moveAll(held.get(transaction.collection()), held.get(other), key -> op.moves(key.id()));
      transaction.add(op);
    }
  }

  private void merge(Transaction transaction) {
    CollectionId other = other(transaction);
    if (other != null) {
      moveAll(held.remove(other), held.get(transaction.collection()), key -> true);
      transaction.add(new Transaction.MergeCollection(other));
    }
  }

  private static void moveAll(
      TreeMap<ObjectKey, ModelObject> from,
      TreeMap<ObjectKey, ModelObject> to,
      Predicate<ObjectKey> which) {
    for (ObjectKey key : from.keySet().stream().filter(which).toList()) {
      to.put(key, from.remove(key));
    }
  }

  static void expect(Object found, Object expected, String what) {
    if (!Objects.equals(found, expected)) {
      throw new Mismatch(what + ": the store has " + found + ", the model " + expected);
    }
  }

  /**
   * Compares everything. Nothing may be under way.
   *
   * @throws Mismatch when the store holds anything else
   */
  public void compare(ObjectStore store) throws Exception {
    expect(store.collections(), collections(), "collections");
    for (CollectionId collection : ids) {
      compare(store, collection);
      for (ObjectKey key : held.getOrDefault(collection, new TreeMap<>()).keySet()) {
        compareObject(store, collection, key);
      }
    }
  }

  /** Compares what a collection says of itself: listing and usage. */
  public void compare(ObjectStore store, CollectionId collection) {
    TreeMap<ObjectKey, ModelObject> objects = held.getOrDefault(collection, new TreeMap<>());
    List<ObjectId> listed = new ArrayList<>();
    ObjectId cursor = null;
    do {
      ObjectStore.Listing page = store.list(collection, cursor, 1 + random.nextInt(20));
      listed.addAll(page.objects());
      cursor = page.next();
    } while (cursor != null);
    expect(
        listed, objects.keySet().stream().map(ObjectKey::id).toList(), "listing of " + collection);
    long bytes = objects.values().stream().mapToLong(object -> object.data.length).sum();
    expect(
        store.usage(collection),
        new ObjectStore.Usage(objects.size(), bytes),
        "usage of " + collection);
  }

  /** Compares one object by chance, if there is any. */
  public void compareAny(ObjectStore store, CollectionId collection) throws Exception {
    TreeMap<ObjectKey, ModelObject> objects = held.getOrDefault(collection, new TreeMap<>());
    if (!objects.isEmpty()) {
      compareObject(store, collection, anyOf(List.copyOf(objects.keySet())));
    }
  }

  private void compareObject(ObjectStore store, CollectionId collection, ObjectKey key)
      throws Exception {
    ModelObject object = held.get(collection).get(key);
    object.compare(store, collection, key.id(), random.nextInt(object.data.length + 1));
  }
}
