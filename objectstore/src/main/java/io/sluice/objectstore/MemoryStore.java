package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.bufferlist.PipePool;
import io.sluice.types.ObjectId;
import java.nio.ByteBuffer;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

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

  private final Executor executor;
  private final PipePool pipes;
  private final long totalBytes;
  private final MemoryCollections collections;
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
    this(executor, pipes, totalBytes, new MemoryCollections());
  }

  private MemoryStore(
      Executor executor, PipePool pipes, long totalBytes, MemoryCollections collections) {
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

  /** A staged write. */
  final class Staged implements GrowingWrite {
    private final byte[] bytes;
    private int appended;
    private boolean spent;

    Staged(byte[] bytes) {
      this.bytes = bytes;
    }

    @Override
    public long length() {
      return bytes.length;
    }

    @Override
    public void claimAppend(BufferList piece, ChecksumVector checksums) {
      try (piece) {
        synchronized (MemoryStore.this) {
          long count = piece.length();
          boolean whole = count % ChecksumVector.BLOCK == 0 || appended + count == bytes.length;
          if (!whole || count > bytes.length - appended) {
            throw new IllegalArgumentException(
                "a piece of " + count + " bytes after " + appended + " of " + bytes.length);
          }
          byte[] part = piece.toByteArray(pipes, Inspection.NO_PIPE);
          System.arraycopy(part, 0, bytes, appended, part.length);
          appended += part.length;
        }
      }
    }

    @Override
    public void abort() {
      release();
    }

    byte[] spend() {
      synchronized (MemoryStore.this) {
        if (appended < bytes.length) {
          throw new IllegalStateException(
              "staged write used with " + appended + " of " + bytes.length + " bytes there");
        }
        release();
        return bytes;
      }
    }

    private void release() {
      synchronized (MemoryStore.this) {
        if (spent) {
          throw new IllegalStateException("staged write used twice");
        }
        spent = true;
        stagedBytes -= bytes.length;
      }
    }
  }

  @Override
  public synchronized StagedWrite claimStage(BufferList data, ChecksumVector checksums)
      throws StoreException {
    try (data) {
      Staged staged = begin(data.length());
      staged.claimAppend(data, checksums);
      return staged;
    }
  }

  @Override
  public synchronized GrowingWrite beginStage(long length) throws StoreException {
    return begin(length);
  }

  private Staged begin(long length) throws StoreException {
    if (length > freeBytes()) {
      throw new StoreException(
          StoreException.Kind.NO_SPACE, length + " bytes do not fit the " + freeBytes() + " free");
    }
    stagedBytes += length;
    return new Staged(new byte[Math.toIntExact(length)]);
  }

  @Override
  public void commit(Transaction transaction, Runnable onCommit) {
    commit(
        transaction,
        onCommit,
        refusal -> {
          throw new IllegalStateException(refusal);
        });
  }

  @Override
  public void commit(
      Transaction transaction, Runnable onCommit, Consumer<StoreException> onRefused) {
    executor.execute(
        () -> {
          StoreException refusal = null;
          synchronized (this) {
            if (closed) {
              return;
            }
            try {
              collections.apply(transaction);
            } catch (StoreException e) {
              refusal = e;
              abandonStaged(transaction);
            }
            commits++;
          }
          if (refusal == null) {
            onCommit.run();
          } else {
            onRefused.accept(refusal);
          }
        });
  }

  private static void abandonStaged(Transaction transaction) {
    for (Transaction.Op op : transaction.ops()) {
      if (op instanceof Transaction.Staging staging) {
        staging.data().abort();
      }
    }
  }

  @Override
  public CompletableFuture<BufferList> read(
      CollectionId collection, ObjectId object, List<Range> ranges) {
    CompletableFuture<BufferList> result = new CompletableFuture<>();
    executor.execute(
        () -> {
          Optional<BufferList> bytes;
          synchronized (this) {
            bytes = collections.find(collection, object).map(found -> read(found, ranges));
          }
          if (bytes.isPresent()) {
            result.complete(bytes.get().handOver());
          } else {
            result.completeExceptionally(
                new StoreException(
                    StoreException.Kind.NOT_FOUND, "no object " + object + " in " + collection));
          }
        });
    return result;
  }

  private static BufferList read(MemoryObject object, List<Range> ranges) {
    BufferList bytes = new BufferList();
    for (Range range : ranges) {
      byte[] run = object.read(range.offset(), range.length());
      bytes.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(run)));
    }
    return bytes;
  }

  @Override
  public synchronized List<Range> extents(
      CollectionId collection, ObjectId object, long offset, long length) {
    Range range = new Range(offset, length);
    return collections
        .find(collection, object)
        .map(found -> found.runs(offset, range.end()))
        .orElse(List.of());
  }

  @Override
  public synchronized Usage usage(CollectionId collection) {
    return collections.usage(collection);
  }

  @Override
  public synchronized Optional<ObjectStat> stat(CollectionId collection, ObjectId object) {
    return collections
        .find(collection, object)
        .map(found -> new ObjectStat(found.size(), found.hint));
  }

  @Override
  public synchronized Optional<byte[]> attr(CollectionId collection, ObjectId object, String name) {
    return collections
        .find(collection, object)
        .map(found -> found.attrs.get(name))
        .map(byte[]::clone);
  }

  @Override
  public synchronized Map<String, byte[]> attrs(CollectionId collection, ObjectId object) {
    Map<String, byte[]> copy = new TreeMap<>();
    collections
        .find(collection, object)
        .ifPresent(found -> found.attrs.forEach((name, value) -> copy.put(name, value.clone())));
    return copy;
  }

  @Override
  public synchronized Optional<byte[]> omapGet(
      CollectionId collection, ObjectId object, byte[] key) {
    return collections
        .find(collection, object)
        .map(found -> found.omap.get(key))
        .map(byte[]::clone);
  }

  @Override
  public synchronized void omapScan(
      CollectionId collection, ObjectId object, byte[] first, OmapVisitor visitor) {
    MemoryObject found = collections.find(collection, object).orElse(null);
    if (found != null) {
      for (Map.Entry<byte[], byte[]> entry : found.omap.tailMap(first).entrySet()) {
        if (!visitor.visit(entry.getKey().clone(), entry.getValue().clone())) {
          return;
        }
      }
    }
  }

  @Override
  public synchronized byte[] omapHeader(CollectionId collection, ObjectId object) {
    return collections
        .find(collection, object)
        .map(found -> found.omapHeader.clone())
        .orElse(new byte[0]);
  }

  @Override
  public synchronized List<CollectionId> collections() {
    return collections.ids();
  }

  @Override
  public synchronized boolean exists(CollectionId collection) {
    return collections.exists(collection);
  }

  @Override
  public synchronized Listing list(CollectionId collection, ObjectId from, int max) {
    return collections.list(collection, from, max);
  }

  @Override
  public synchronized Space space() {
    return new Space(totalBytes, freeBytes());
  }

  private long freeBytes() {
    return Math.max(0, totalBytes - stagedBytes - collections.bytes());
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
