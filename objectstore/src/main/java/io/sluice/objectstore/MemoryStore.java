package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.PipePool;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;

/**
 * An {@link ObjectStore} in memory, for simulations and unit tests.
 *
 * <p>Applying a transaction, its callback and the completion of a read are one task each of the
 * executor it is given, in the order they were asked for: with a deterministic executor the store
 * is deterministic. Checksums it is given are not kept.
 *
 * <p><b>Threads:</b> any; the executor must run one task at a time. <b>Owns</b> the bytes of its
 * objects, as heap arrays.
 */
public final class MemoryStore implements ObjectStore {
  /** Enough for tests; a simulation of a full disk gives its own. */
  public static final long DEFAULT_BYTES = 1L << 30;

  private static final OpTable<TreeMap<ObjectKey, MemoryObject>> OBJECT_OPS = objectOps();

  private final Executor executor;
  private final PipePool pipes;
  private final long totalBytes;
  private final TreeMap<CollectionId, TreeMap<ObjectKey, MemoryObject>> collections;
  private long stagedBytes;
  private long commits;
  private boolean closed;

  /** A store whose staged lists hold no pipes. */
  public MemoryStore(Executor executor) {
    this(executor, null, DEFAULT_BYTES);
  }

  /**
   * @param pipes where staged pipes are read through; null when there are none
   */
  public MemoryStore(Executor executor, PipePool pipes, long totalBytes) {
    this(executor, pipes, totalBytes, new TreeMap<>(Comparator.comparing(CollectionId::pg)));
  }

  private MemoryStore(
      Executor executor,
      PipePool pipes,
      long totalBytes,
      TreeMap<CollectionId, TreeMap<ObjectKey, MemoryObject>> collections) {
    this.executor = executor;
    this.pipes = pipes;
    this.totalBytes = totalBytes;
    this.collections = collections;
  }

  /**
   * What a crash leaves: a store with everything committed so far and nothing else. This one goes
   * dead: what was queued is neither applied nor called back.
   */
  public synchronized MemoryStore crash(Executor newExecutor) {
    closed = true;
    return new MemoryStore(newExecutor, pipes, totalBytes, collections);
  }

  private final class Staged implements StagedWrite {
    private final byte[] bytes;
    private boolean spent;

    Staged(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void abort() {
      spend();
    }

    byte[] spend() {
      synchronized (MemoryStore.this) {
        if (spent) {
          throw new IllegalStateException("staged write used twice");
        }
        spent = true;
        stagedBytes -= bytes.length;
        return bytes;
      }
    }
  }

  @Override
  public synchronized StagedWrite claimStage(BufferList data, ChecksumVector checksums)
      throws StoreException {
    try (data) {
      if (data.length() > freeBytes()) {
        throw new StoreException(
            StoreException.Kind.NO_SPACE,
            data.length() + " bytes do not fit the " + freeBytes() + " free");
      }
      byte[] bytes = data.toByteArray(pipes, Inspection.NO_PIPE);
      stagedBytes += bytes.length;
      return new Staged(bytes);
    }
  }

  @Override
  public void commit(Transaction transaction, Runnable onCommit) {
    executor.execute(
        () -> {
          synchronized (this) {
            if (closed) {
              return;
            }
            transaction.ops().forEach(op -> apply(transaction.collection(), op));
            commits++;
          }
          onCommit.run();
        });
  }

  private void apply(CollectionId collection, Transaction.Op op) {
    if (op instanceof Transaction.CreateCollection) {
      collections.putIfAbsent(collection, new TreeMap<>());
    } else if (op instanceof Transaction.RemoveCollection) {
      collections.remove(collection);
    } else {
      TreeMap<ObjectKey, MemoryObject> objects = collections.get(collection);
      if (objects == null) {
        throw new IllegalStateException("no collection " + collection + " for " + op);
      }
      OBJECT_OPS.apply(objects, op);
    }
  }

  private static OpTable<TreeMap<ObjectKey, MemoryObject>> objectOps() {
    return new OpTable<TreeMap<ObjectKey, MemoryObject>>()
        .on(Transaction.CreateCollection.class, (objects, op) -> {})
        .on(Transaction.RemoveCollection.class, (objects, op) -> {})
        .on(Transaction.Touch.class, (objects, op) -> made(objects, op.object()))
        .on(
            Transaction.Write.class,
            (objects, op) ->
                made(objects, op.object()).write(op.offset(), ((Staged) op.data()).spend()))
        .on(
            Transaction.WriteInline.class,
            (objects, op) -> made(objects, op.object()).write(op.offset(), op.data()))
        .on(
            Transaction.Zero.class,
            (objects, op) -> made(objects, op.object()).zero(op.offset(), op.length()))
        .on(
            Transaction.Truncate.class,
            (objects, op) -> made(objects, op.object()).truncate(op.size()))
        .on(Transaction.Remove.class, (objects, op) -> objects.remove(ObjectKey.of(op.object())))
        .on(
            Transaction.SetAttr.class,
            (objects, op) -> made(objects, op.object()).attrs.put(op.name(), op.value().clone()))
        .on(
            Transaction.RemoveAttr.class,
            (objects, op) -> orScratch(objects, op.object()).attrs.remove(op.name()))
        .on(
            Transaction.RemoveAttrs.class,
            (objects, op) -> orScratch(objects, op.object()).attrs.clear())
        .on(
            Transaction.OmapSet.class,
            (objects, op) ->
                made(objects, op.object()).omap.put(op.key().clone(), op.value().clone()))
        .on(
            Transaction.OmapRemove.class,
            (objects, op) -> orScratch(objects, op.object()).omap.remove(op.key()))
        .on(
            Transaction.OmapRemoveRange.class,
            (objects, op) -> {
              if (Arrays.compareUnsigned(op.first(), op.end()) < 0) {
                orScratch(objects, op.object()).omap.subMap(op.first(), op.end()).clear();
              }
            })
        .on(
            Transaction.OmapClear.class,
            (objects, op) -> orScratch(objects, op.object()).omap.clear())
        .complete();
  }

  private static MemoryObject made(TreeMap<ObjectKey, MemoryObject> objects, ObjectId id) {
    return objects.computeIfAbsent(ObjectKey.of(id), key -> new MemoryObject());
  }

  /** For removals, which an absent object takes without a trace. */
  private static MemoryObject orScratch(TreeMap<ObjectKey, MemoryObject> objects, ObjectId id) {
    MemoryObject object = objects.get(ObjectKey.of(id));
    return object != null ? object : new MemoryObject();
  }

  @Override
  public CompletableFuture<BufferList> read(
      CollectionId collection, ObjectId object, long offset, long length) {
    CompletableFuture<BufferList> result = new CompletableFuture<>();
    executor.execute(
        () -> {
          Optional<byte[]> bytes;
          synchronized (this) {
            bytes = find(collection, object).map(found -> found.read(offset, length));
          }
          if (bytes.isPresent()) {
            result.complete(BufferList.wrap(bytes.get()));
          } else {
            result.completeExceptionally(
                new StoreException(
                    StoreException.Kind.NOT_FOUND, "no object " + object + " in " + collection));
          }
        });
    return result;
  }

  private Optional<MemoryObject> find(CollectionId collection, ObjectId object) {
    return Optional.ofNullable(collections.get(collection))
        .map(objects -> objects.get(ObjectKey.of(object)));
  }

  @Override
  public synchronized Optional<ObjectStat> stat(CollectionId collection, ObjectId object) {
    return find(collection, object).map(found -> new ObjectStat(found.size()));
  }

  @Override
  public synchronized Optional<byte[]> attr(CollectionId collection, ObjectId object, String name) {
    return find(collection, object).map(found -> found.attrs.get(name)).map(byte[]::clone);
  }

  @Override
  public synchronized Map<String, byte[]> attrs(CollectionId collection, ObjectId object) {
    Map<String, byte[]> copy = new TreeMap<>();
    find(collection, object)
        .ifPresent(found -> found.attrs.forEach((name, value) -> copy.put(name, value.clone())));
    return copy;
  }

  @Override
  public synchronized Optional<byte[]> omapGet(
      CollectionId collection, ObjectId object, byte[] key) {
    return find(collection, object).map(found -> found.omap.get(key)).map(byte[]::clone);
  }

  @Override
  public synchronized SortedMap<byte[], byte[]> omapList(
      CollectionId collection, ObjectId object, byte[] first, int max) {
    SortedMap<byte[], byte[]> page = new TreeMap<>(Arrays::compareUnsigned);
    find(collection, object)
        .ifPresent(
            found ->
                found.omap.tailMap(first).entrySet().stream()
                    .limit(max)
                    .forEach(entry -> page.put(entry.getKey().clone(), entry.getValue().clone())));
    return page;
  }

  @Override
  public synchronized List<CollectionId> collections() {
    return List.copyOf(collections.keySet());
  }

  @Override
  public synchronized boolean exists(CollectionId collection) {
    return collections.containsKey(collection);
  }

  @Override
  public synchronized Listing list(CollectionId collection, ObjectId from, int max) {
    TreeMap<ObjectKey, MemoryObject> objects =
        collections.getOrDefault(collection, new TreeMap<>());
    List<ObjectId> page = new ArrayList<>();
    for (ObjectKey key :
        from == null ? objects.keySet() : objects.tailMap(ObjectKey.of(from)).keySet()) {
      if (page.size() == max) {
        return new Listing(page, key.id());
      }
      page.add(key.id());
    }
    return new Listing(page, null);
  }

  @Override
  public synchronized Space space() {
    return new Space(totalBytes, freeBytes());
  }

  private long freeBytes() {
    long used = stagedBytes;
    for (TreeMap<ObjectKey, MemoryObject> objects : collections.values()) {
      used += objects.values().stream().mapToLong(MemoryObject::size).sum();
    }
    return Math.max(0, totalBytes - used);
  }

  @Override
  public synchronized Map<String, Object> perf() {
    Map<String, Object> counters = new LinkedHashMap<>();
    counters.put("commits", commits);
    counters.put("staged_bytes", stagedBytes);
    return counters;
  }

  @Override
  public synchronized void close() {
    closed = true;
  }
}
