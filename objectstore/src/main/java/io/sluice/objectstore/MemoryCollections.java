package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Everything a {@link MemoryStore} holds, and what each operation of a transaction does to it.
 * <b>Threads:</b> guarded by its store.
 */
final class MemoryCollections implements TransactionCheck.State {
  private static final OpTable<MemoryCollections> TABLE = table();

  private final TreeMap<CollectionId, TreeMap<ObjectKey, MemoryObject>> all =
      new TreeMap<>(Comparator.comparing(CollectionId::pg));
  private CollectionId current;

  /**
   * @throws StoreException the transaction is refused and nothing of it was applied
   */
  void apply(Transaction transaction) throws StoreException {
    TransactionCheck.check(transaction, this);
    current = transaction.collection();
    transaction.ops().forEach(op -> TABLE.apply(this, op));
  }

  private static OpTable<MemoryCollections> table() {
    OpTable<MemoryCollections> table = new OpTable<>();
    collectionOps(table);
    dataOps(table);
    attributeOps(table);
    return table.complete();
  }

  private static void collectionOps(OpTable<MemoryCollections> table) {
    table
        .on(
            Transaction.CreateCollection.class,
            (to, op) -> to.all.putIfAbsent(to.current, new TreeMap<>()))
        .on(Transaction.RemoveCollection.class, (to, op) -> to.all.remove(to.current))
        .on(
            Transaction.SplitCollection.class,
            (to, op) -> to.moveAll(to.current, op.other(), op::moves))
        .on(
            Transaction.MergeCollection.class,
            (to, op) -> {
              to.moveAll(op.other(), to.current, object -> true);
              to.all.remove(op.other());
            })
        .on(Transaction.Remove.class, (to, op) -> to.objects().remove(ObjectKey.of(op.object())))
        .on(
            Transaction.Clone.class,
            (to, op) -> to.objects().put(ObjectKey.of(op.target()), to.made(op.source()).copy()))
        .on(Transaction.Rename.class, (to, op) -> to.move(op.source(), to.current, op.target()))
        .on(Transaction.MoveTo.class, (to, op) -> to.move(op.source(), op.other(), op.target()));
  }

  private static void dataOps(OpTable<MemoryCollections> table) {
    table
        .on(Transaction.Touch.class, (to, op) -> to.made(op.object()))
        .on(
            Transaction.Write.class,
            (to, op) -> to.made(op.object()).write(op.offset(), spend(op.data())))
        .on(
            Transaction.WriteInline.class,
            (to, op) -> to.made(op.object()).write(op.offset(), op.data()))
        .on(
            Transaction.WriteFull.class,
            (to, op) -> {
              to.made(op.object()).truncate(0);
              to.made(op.object()).write(0, spend(op.data()));
            })
        .on(Transaction.Append.class, (to, op) -> to.append(op.object(), spend(op.data())))
        .on(Transaction.AppendInline.class, (to, op) -> to.append(op.object(), op.data()))
        .on(Transaction.Zero.class, (to, op) -> to.made(op.object()).zero(op.offset(), op.length()))
        .on(Transaction.Truncate.class, (to, op) -> to.made(op.object()).truncate(op.size()))
        .on(
            Transaction.CloneRange.class,
            (to, op) ->
                to.made(op.target())
                    .cloneRange(
                        to.made(op.source()), op.sourceOffset(), op.length(), op.targetOffset()))
        .on(Transaction.SetAllocHint.class, (to, op) -> to.made(op.object()).hint = op.hint());
  }

  private static void attributeOps(OpTable<MemoryCollections> table) {
    table
        .on(
            Transaction.SetAttr.class,
            (to, op) -> to.made(op.object()).attrs.put(op.name(), op.value().clone()))
        .on(
            Transaction.SetAttrs.class,
            (to, op) ->
                op.attrs()
                    .forEach((name, value) -> to.made(op.object()).attrs.put(name, value.clone())))
        .on(
            Transaction.RemoveAttr.class,
            (to, op) -> to.orScratch(op.object()).attrs.remove(op.name()))
        .on(Transaction.RemoveAttrs.class, (to, op) -> to.orScratch(op.object()).attrs.clear())
        .on(
            Transaction.OmapSet.class,
            (to, op) -> to.made(op.object()).omap.put(op.key().clone(), op.value().clone()))
        .on(
            Transaction.OmapRemove.class,
            (to, op) -> to.orScratch(op.object()).omap.remove(op.key()))
        .on(
            Transaction.OmapRemoveRange.class,
            (to, op) -> {
              if (Arrays.compareUnsigned(op.first(), op.end()) < 0) {
                to.orScratch(op.object()).omap.subMap(op.first(), op.end()).clear();
              }
            })
        .on(Transaction.OmapClear.class, (to, op) -> to.orScratch(op.object()).clearOmap())
        .on(
            Transaction.OmapHeader.class,
            (to, op) -> to.made(op.object()).omapHeader = op.header().clone());
  }

  private static byte[] spend(StagedWrite staged) {
    return ((MemoryStore.Staged) staged).spend();
  }

  private void append(ObjectId id, byte[] data) {
    MemoryObject object = made(id);
    object.write(object.size(), data);
  }

  private void move(ObjectId source, CollectionId collection, ObjectId target) {
    all.get(collection).put(ObjectKey.of(target), objects().remove(ObjectKey.of(source)));
  }

  private void moveAll(CollectionId from, CollectionId to, Predicate<ObjectId> which) {
    TreeMap<ObjectKey, MemoryObject> source = all.get(from);
    List<ObjectKey> moving = source.keySet().stream().filter(key -> which.test(key.id())).toList();
    moving.forEach(key -> all.get(to).put(key, source.remove(key)));
  }

  private TreeMap<ObjectKey, MemoryObject> objects() {
    return all.get(current);
  }

  private MemoryObject made(ObjectId id) {
    return objects().computeIfAbsent(ObjectKey.of(id), key -> new MemoryObject());
  }

  /** For removals, which an absent object takes without a trace. */
  private MemoryObject orScratch(ObjectId id) {
    MemoryObject object = objects().get(ObjectKey.of(id));
    return object != null ? object : new MemoryObject();
  }

  @Override
  public boolean exists(CollectionId collection) {
    return all.containsKey(collection);
  }

  @Override
  public boolean exists(CollectionId collection, ObjectId object) {
    return find(collection, object).isPresent();
  }

  Optional<MemoryObject> find(CollectionId collection, ObjectId object) {
    return Optional.ofNullable(all.get(collection))
        .map(objects -> objects.get(ObjectKey.of(object)));
  }

  List<CollectionId> ids() {
    return List.copyOf(all.keySet());
  }

  ObjectStore.Listing list(CollectionId collection, ObjectId from, int max) {
    TreeMap<ObjectKey, MemoryObject> objects = all.getOrDefault(collection, new TreeMap<>());
    List<ObjectId> page = new ArrayList<>();
    for (ObjectKey key :
        from == null ? objects.keySet() : objects.tailMap(ObjectKey.of(from)).keySet()) {
      if (page.size() == max) {
        return new ObjectStore.Listing(page, key.id());
      }
      page.add(key.id());
    }
    return new ObjectStore.Listing(page, null);
  }

  ObjectStore.Usage usage(CollectionId collection) {
    TreeMap<ObjectKey, MemoryObject> objects = all.getOrDefault(collection, new TreeMap<>());
    return new ObjectStore.Usage(
        objects.size(), objects.values().stream().mapToLong(MemoryObject::size).sum());
  }

  /** Sizes of all objects, in bytes. */
  long bytes() {
    return all.keySet().stream().mapToLong(collection -> usage(collection).bytes()).sum();
  }
}
