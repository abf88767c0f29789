package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Transactions applied one after the other to copies of what they touch, to become one batch.
 *
 * <p>Each sees the effect of those before it, in this group or committed; readers see none of it
 * before {@link #changedOnodes} are published.
 *
 * <p><b>Threads:</b> the committer.
 */
final class CommitGroup {
  /** An object as this group will leave it. */
  private static final class Draft {
    final boolean stored;

    /** Null = absent. */
    Onode onode;

    Draft(Onode onode) {
      this.stored = onode != null;
      this.onode = onode;
    }
  }

  private final MetadataView view;
  private final IdSource ids;
  private final MetadataBatch batch = new MetadataBatch();
  private final BlobLedger blobs;
  private final OmapChanges omap;
  private final TreeMap<byte[], Draft> drafts = new TreeMap<>(Arrays::compareUnsigned);
  private final Map<CollectionId, Boolean> collections = new HashMap<>();
  private CollectionId current;

  CommitGroup(MetadataView view, IdSource ids) {
    this.view = view;
    this.ids = ids;
    this.blobs = new BlobLedger(view.db(), ids, batch);
    this.omap = new OmapChanges(view.db(), batch);
  }

  /**
   * @throws IllegalStateException when the transaction asks for the impossible: a bug of the caller
   */
  void apply(Transaction transaction) {
    current = transaction.collection();
    for (Transaction.Op op : transaction.ops()) {
      GroupOps.TABLE.apply(this, op);
    }
  }

  BlobLedger blobs() {
    return blobs;
  }

  OmapChanges omap() {
    return omap;
  }

  /** The object in the transaction's collection, made when absent. */
  Onode made(ObjectId object) {
    Draft draft = draft(object);
    if (draft.onode == null) {
      draft.onode = new Onode(ids.next(batch));
    }
    return draft.onode;
  }

  /** The object in the transaction's collection, or null. */
  Onode found(ObjectId object) {
    return draft(object).onode;
  }

  private Draft draft(ObjectId object) {
    if (!exists(current)) {
      throw new IllegalStateException("no collection " + current + " for object " + object);
    }
    return draft(MetadataKeys.object(current, object));
  }

  private Draft draft(byte[] key) {
    return drafts.computeIfAbsent(
        key,
        missing -> {
          Onode stored = view.onode(key);
          return new Draft(stored == null ? null : stored.copy());
        });
  }

  void remove(ObjectId object) {
    remove(draft(object));
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

  private boolean exists(CollectionId collection) {
    Boolean changed = collections.get(collection);
    return changed != null ? changed : view.exists(collection);
  }

  void createCollection() {
    if (!exists(current)) {
      collections.put(current, true);
    }
  }

  void removeCollection() {
    if (!exists(current)) {
      return;
    }
    byte[] first = MetadataKeys.firstObject(current);
    byte[] end = MetadataKeys.after(first);
    List<byte[]> stored = new ArrayList<>();
    view.db().scan(first, end, (key, value) -> stored.add(key));
    stored.forEach(this::draft);
    drafts.subMap(first, end).values().forEach(this::remove);
    collections.put(current, false);
  }

  /** Completes the batch; returns the extents that are free once it is durable. */
  List<DiskExtent> finish() {
    collections.forEach(
        (collection, exists) -> {
          byte[] key = MetadataKeys.collection(collection);
          if (exists) {
            batch.put(key, MetadataView.COLLECTION_VALUE);
          } else {
            batch.delete(key);
          }
        });
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

  MetadataBatch batch() {
    return batch;
  }

  Map<CollectionId, Boolean> changedCollections() {
    return collections;
  }

  /** By key; null = removed. */
  Map<byte[], Onode> changedOnodes() {
    Map<byte[], Onode> changed = new LinkedHashMap<>();
    drafts.forEach((key, draft) -> changed.put(key, draft.onode));
    return changed;
  }
}
