package io.sluice.objectstore;

import io.sluice.bufferlist.Encoder;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListSet;

/**
 * The committed metadata: database, onode cache, set of collections.
 *
 * <p><b>Threads:</b> any for looking, the committer for {@link #commit}. A look-up is one
 * consistent value; of several look-ups the later ones may see a later commit. Who must see one
 * state throughout holds {@link #commitLock}.
 */
final class MetadataView {
  /** {@code u8 struct_v 1 | u8 struct_compat 1 | le32 0}. */
  static final byte[] COLLECTION_VALUE = collectionValue();

  private final MetadataDb db;
  private final OnodeCache cache;
  private final ConcurrentSkipListSet<CollectionId> collections =
      new ConcurrentSkipListSet<>(Comparator.comparing(CollectionId::pg));
  private final Object commitLock = new Object();

  MetadataView(MetadataDb db, long onodeBytesMax) {
    this.db = db;
    this.cache = new OnodeCache(onodeBytesMax);
    db.scan(
        new byte[] {MetadataKeys.COLLECTION},
        new byte[] {MetadataKeys.COLLECTION + 1},
        (key, value) -> collections.add(MetadataKeys.collectionOf(key)));
  }

  private static byte[] collectionValue() {
    Encoder to = new Encoder();
    return to.end(to.begin(1, 1)).toByteArray();
  }

  MetadataDb db() {
    return db;
  }

  /** Held while a batch is written and published. */
  Object commitLock() {
    return commitLock;
  }

  /** The onode, not to be changed; or null. */
  Onode onode(byte[] key) {
    Onode cached = cache.get(key);
    if (cached != null) {
      return cached;
    }
    long version = cache.version();
    byte[] value = db.get(key);
    if (value == null) {
      return null;
    }
    Onode onode = Onode.decode(value);
    cache.offer(key, onode, version);
    return onode;
  }

  boolean exists(CollectionId collection) {
    return collections.contains(collection);
  }

  List<CollectionId> collections() {
    return List.copyOf(collections);
  }

  long cachedBytes() {
    return cache.weight();
  }

  /** Makes the group durable, then visible. Blocks for a sync of the disk. */
  void commit(CommitGroup group) throws java.io.IOException {
    synchronized (commitLock) {
      db.write(group.batch());
      cache.publish(group.changedOnodes());
      for (Map.Entry<CollectionId, Boolean> changed : group.changedCollections().entrySet()) {
        if (changed.getValue()) {
          collections.add(changed.getKey());
        } else {
          collections.remove(changed.getKey());
        }
      }
    }
  }
}
