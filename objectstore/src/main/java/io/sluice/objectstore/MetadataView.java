package io.sluice.objectstore;

import java.io.UncheckedIOException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The committed metadata: database, caches of onodes and of inline bytes, set of collections.
 *
 * <p><b>Threads:</b> any for looking, the committer for {@link #commit}. A look-up is one
 * consistent value; of several look-ups the later ones may see a later commit. Who must see one
 * state throughout holds {@link #commitLock}.
 */
final class MetadataView {
  private static final Logger LOG = LoggerFactory.getLogger(MetadataView.class);

  /** At open so many keys are looked through for the filter: a fifth of a second. */
  private static final long FILTERED_AT_OPEN_MAX = 100_000;

  private final MetadataDb db;
  private final OnodeFilter filter = new OnodeFilter();
  private final OnodeCache cache;
  private final InlineCache inline;
  private final ConcurrentSkipListMap<CollectionId, ObjectStore.Usage> collections =
      new ConcurrentSkipListMap<>(Comparator.comparing(CollectionId::pg));
  private final Object commitLock = new Object();

  MetadataView(MetadataDb db, long onodeBytesMax, long inlineBytesMax) {
    this.db = db;
    this.cache = new OnodeCache(onodeBytesMax);
    this.inline = new InlineCache(inlineBytesMax);
    db.scan(
        new byte[] {MetadataKeys.COLLECTION},
        new byte[] {MetadataKeys.COLLECTION + 1},
        (key, value) -> {
          CollectionId collection = MetadataKeys.collectionOf(key);
          ObjectStore.Usage stored = CollectionRecord.decode(value);
          collections.put(collection, stored != null ? stored : counted(collection));
          return true;
        });
    fillFilter();
  }

  /** A store of more objects goes without; and one that is damaged says so where it matters. */
  private void fillFilter() {
    long objects = 0;
    for (ObjectStore.Usage usage : collections.values()) {
      objects += usage.objects();
    }
    if (objects > FILTERED_AT_OPEN_MAX) {
      return;
    }
    try {
      db.scan(
          new byte[] {MetadataKeys.OBJECT},
          new byte[] {MetadataKeys.OBJECT + 1},
          (key, value) -> {
            filter.add(key);
            return true;
          });
      filter.open();
    } catch (UncheckedIOException e) {
      LOG.warn("onodes cannot be looked through, each is looked up: {}", e.toString());
    }
  }

  /** For collections whose record does not say; the next change of one makes it say so. */
  private ObjectStore.Usage counted(CollectionId collection) {
    byte[] first = MetadataKeys.firstObject(collection);
    long[] counts = new long[2];
    db.scan(
        first,
        MetadataKeys.after(first),
        (key, value) -> {
          counts[0]++;
          counts[1] += Onode.decode(value).size;
          return true;
        });
    return new ObjectStore.Usage(counts[0], counts[1]);
  }

  MetadataDb db() {
    return db;
  }

  /** Bytes of inline blobs, committed or of the group that is being made. */
  InlineCache inline() {
    return inline;
  }

  /** Held while a batch is written and published. */
  Object commitLock() {
    return commitLock;
  }

  /** The onode, not to be changed; null when it is not in memory, or not at all. Never blocks. */
  Onode onodeInMemory(byte[] key) {
    return cache.get(key);
  }

  /** The onode, not to be changed; or null. */
  Onode onode(byte[] key) {
    Onode cached = cache.get(key);
    if (cached != null) {
      return cached;
    }
    if (filter.denies(key)) {
      return null;
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
    return collections.containsKey(collection);
  }

  List<CollectionId> collections() {
    return List.copyOf(collections.keySet());
  }

  ObjectStore.Usage usage(CollectionId collection) {
    return collections.getOrDefault(collection, ObjectStore.Usage.NONE);
  }

  void dropCaches() {
    cache.clear();
    inline.clear();
  }

  /** For {@code perf dump}. */
  void snapshotInto(Map<String, Object> all) {
    all.put("collections", collections.size());
    all.put("onode_cache_bytes", cache.weight());
    all.put("inline_cache_bytes", inline.bytes());
    all.put("inline_cache_hits", inline.hits());
    all.put("inline_cache_misses", inline.misses());
  }

  /** Makes the group durable, then visible. Blocks for a sync of the disk. */
  void commit(CommitGroup group) throws java.io.IOException {
    synchronized (commitLock) {
      Map<byte[], Onode> changed = group.changedOnodes();
      changed.forEach(
          (key, onode) -> {
            if (onode != null) {
              filter.add(key);
            }
          });
      db.write(group.batch());
      cache.publish(changed);
      group
          .changedCollections()
          .forEach(
              (collection, usage) -> {
                if (usage.isPresent()) {
                  collections.put(collection, usage.get());
                } else {
                  collections.remove(collection);
                }
              });
    }
  }
}
