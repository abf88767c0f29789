package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * Transactions applied one after the other to copies of what they touch, to become one batch.
 *
 * <p>Each sees the effect of those before it, in this group or committed; readers see none of it
 * before {@link #changedOnodes} are published.
 *
 * <p><b>Threads:</b> the committer.
 */
final class CommitGroup implements TransactionCheck.State {
  /**
   * Onodes are decoded and encoded as a whole, and are some four times in the heap meanwhile: an
   * object with all its attributes is more than 1 MiB, one of many extents several. A thousand of
   * what most objects are is less than 1 MiB.
   */
  static final long WEIGHT_MAX = 8 << 20;

  /** An object as this group will leave it. */
  private static final class Draft {
    final boolean stored;
    final long storedBytes;

    /** Null = absent. */
    Onode onode;

    Draft(Onode onode) {
      this.stored = onode != null;
      this.storedBytes = stored ? onode.size : 0;
      this.onode = onode;
    }

    /** What it adds to the usage of its collection. */
    ObjectStore.Usage added(ObjectStore.Usage before) {
      return before.plus(
          (onode == null ? 0 : 1) - (stored ? 1 : 0),
          (onode == null ? 0 : onode.size) - storedBytes);
    }
  }

  private final MetadataView view;
  private final IdSource ids;
  private final MetadataBatch batch;
  private final BlobLedger blobs;
  private final OmapChanges omap;
  private final TreeMap<byte[], Draft> drafts = new TreeMap<>(Arrays::compareUnsigned);
  private final Map<CollectionId, Boolean> collections = new HashMap<>();
  private final Map<CollectionId, Optional<ObjectStore.Usage>> changedCollections = new HashMap<>();
  private CollectionId current;

  /** Roughly what the onodes take that it has copied so far, in bytes. */
  private long weight;

  /** The draft asked for last, and whose it is: a transaction's operations ask again and again. */
  private ObjectId lastObject;

  private CollectionId lastCollection;
  private Draft lastDraft;

  /**
   * @param batch empty; filled with what the group changes
   */
  CommitGroup(MetadataView view, IdSource ids, RecentBlobs recent, MetadataBatch batch) {
    this.view = view;
    this.ids = ids;
    this.batch = batch;
    this.blobs = new BlobLedger(view, ids, recent, batch);
    this.omap = new OmapChanges(view.db(), ids, batch);
  }

  /**
   * @throws StoreException the transaction is refused and nothing of it was applied
   */
  void apply(Transaction transaction) throws StoreException {
    TransactionCheck.check(transaction, this);
    current = transaction.collection();
    blobs.keepInline(transaction.isReadHere());
    for (Transaction.Op op : transaction.ops()) {
      GroupOps.TABLE.apply(this, op);
    }
    Swap swap = transaction.swap();
    if (swap != null && !(exists(current) && swap.apply(found(swap.object()), blobs))) {
      throw new StoreException(
          StoreException.Kind.NOT_FOUND, "the extents of " + swap.object() + " have changed");
    }
  }

  /** True when what was applied so far is to become durable before more is. */
  boolean isFull() {
    return weight >= WEIGHT_MAX;
  }

  BlobLedger blobs() {
    return blobs;
  }

  OmapChanges omap() {
    return omap;
  }

  /** The object in the transaction's collection, made when absent. */
  Onode made(ObjectId object) {
    Draft draft = draft(current, object);
    if (draft.onode == null) {
      draft.onode = new Onode(ids.next(batch));
    }
    return draft.onode;
  }

  /** The object in the transaction's collection, to be changed; or null. */
  Onode found(ObjectId object) {
    return draft(current, object).onode;
  }

  /** The object in the transaction's collection, not to be changed; or null. */
  Onode seen(ObjectId object) {
    return isLast(current, object) ? lastDraft.onode : seen(MetadataKeys.object(current, object));
  }

  private Onode seen(byte[] key) {
    Draft draft = drafts.get(key);
    return draft != null ? draft.onode : view.onode(key);
  }

  private Draft draft(CollectionId collection, ObjectId object) {
    if (!isLast(collection, object)) {
      lastDraft = draft(MetadataKeys.object(collection, object));
      lastCollection = collection;
      lastObject = object;
    }
    return lastDraft;
  }

  private boolean isLast(CollectionId collection, ObjectId object) {
    return object.equals(lastObject) && collection.equals(lastCollection);
  }

  private Draft draft(byte[] key) {
    return drafts.computeIfAbsent(
        key,
        missing -> {
          Onode stored = view.onode(key);
          weight += stored == null ? 0 : stored.weight();
          return new Draft(stored == null ? null : stored.copy());
        });
  }

  void remove(ObjectId object) {
    remove(draft(current, object));
  }

  private void remove(Draft draft) {
    if (draft.onode != null) {
      draft.onode.extents.punch(0, Long.MAX_VALUE, blobs);
      if (draft.onode.omap) {
        omap.clear(draft.onode.node);
      }
      draft.onode = null;
    }
  }

  /** Makes the target share everything that the source has. */
  void copy(ObjectId source, ObjectId target) {
    if (source.equals(target)) {
      return;
    }
    Onode from = seen(source);
    Draft to = draft(current, target);
    remove(to);
    weight += from.weight();
    to.onode = from.copyFor(ids.next(batch));
    to.onode.extents.refAll(blobs);
    if (from.omap) {
      omap.copy(from.node, to.onode.node);
    }
  }

  /** From the transaction's collection to any, in place of what has that id there. */
  void move(ObjectId source, CollectionId collection, ObjectId target) {
    move(draft(current, source), draft(collection, target));
  }

  private void move(Draft from, Draft to) {
    remove(to);
    to.onode = from.onode;
    from.onode = null;
  }

  /** All objects that are meant. */
  void moveAll(CollectionId from, CollectionId to, Predicate<ObjectId> which) {
    load(from, which)
        .forEach(
            (key, draft) -> {
              if (draft.onode != null && which.test(MetadataKeys.objectOf(key))) {
                move(draft, draft(to, MetadataKeys.objectOf(key)));
              }
            });
  }

  CollectionId current() {
    return current;
  }

  /** Drafts of a collection, with all its stored objects that are meant. */
  private Map<byte[], Draft> load(CollectionId collection, Predicate<ObjectId> which) {
    byte[] first = MetadataKeys.firstObject(collection);
    byte[] end = MetadataKeys.after(first);
    List<byte[]> stored = new ArrayList<>();
    view.db()
        .scan(
            first,
            end,
            (key, value) -> {
              if (which.test(MetadataKeys.objectOf(key))) {
                stored.add(key);
              }
              return true;
            });
    stored.forEach(this::draft);
    return new LinkedHashMap<>(drafts.subMap(first, end));
  }

  @Override
  public boolean exists(CollectionId collection) {
    Boolean changed = collections.get(collection);
    return changed != null ? changed : view.exists(collection);
  }

  @Override
  public boolean exists(CollectionId collection, ObjectId object) {
    return seen(MetadataKeys.object(collection, object)) != null;
  }

  void createCollection() {
    if (!exists(current)) {
      collections.put(current, true);
    }
  }

  void removeCollection(CollectionId collection) {
    if (exists(collection)) {
      load(collection, object -> true).values().forEach(this::remove);
      collections.put(collection, false);
    }
  }

  /** Completes the batch; returns the extents that are free once it is durable. */
  List<DiskExtent> finish() {
    finishCollections();
    drafts.forEach(
        (key, draft) -> {
          if (draft.onode != null) {
            batch.put(key, draft.onode.encode());
          } else if (draft.stored) {
            batch.delete(key);
          }
        });
    return blobs.finish();
  }

  private void finishCollections() {
    Map<CollectionId, ObjectStore.Usage> usages = new HashMap<>();
    drafts.forEach(
        (key, draft) ->
            usages.compute(
                MetadataKeys.collectionOf(key),
                (collection, sum) -> draft.added(sum == null ? view.usage(collection) : sum)));
    collections.keySet().forEach(each -> usages.putIfAbsent(each, view.usage(each)));
    usages.forEach(
        (collection, usage) -> {
          byte[] key = MetadataKeys.collection(collection);
          if (!exists(collection)) {
            batch.delete(key);
            changedCollections.put(collection, Optional.empty());
          } else if (collections.containsKey(collection) || !usage.equals(view.usage(collection))) {
            batch.put(key, CollectionRecord.encode(usage));
            changedCollections.put(collection, Optional.of(usage));
          }
        });
  }

  MetadataBatch batch() {
    return batch;
  }

  /** What is in them now; empty = removed. Known when the batch is complete. */
  Map<CollectionId, Optional<ObjectStore.Usage>> changedCollections() {
    return changedCollections;
  }

  /** By key; null = removed. */
  Map<byte[], Onode> changedOnodes() {
    Map<byte[], Onode> changed = new LinkedHashMap<>();
    drafts.forEach((key, draft) -> changed.put(key, draft.onode));
    return changed;
  }
}
