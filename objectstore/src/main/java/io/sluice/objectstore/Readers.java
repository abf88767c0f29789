package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CheckedPipes;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.SpliceReader;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The read side of a {@link DiskStore}: looks up, brings the bytes, keeps their blocks meanwhile.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> its workers.
 */
final class Readers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Readers.class);

  /** Less is not worth a pipe: a pipe's system calls cost more than the copy that they save. */
  private static final long LAZY_BYTES = SpliceReader.PIPES_FROM;

  /** Of reads into memory: hundreds of small ones, a dozen of whole objects. */
  private static final long IN_FLIGHT_BYTES = 64 << 20;

  private final StoreCounters counters;
  private final ReadGuard guard = new ReadGuard();
  private final Workers workers;
  private final BlobCache blobCache;
  private final PieceFinder finder;
  private final ObjectReader reader;
  private final ReadJob.Parts jobs;
  private final LazyPieces.Parts lazy;
  private final CheckedPipes checked;
  private final DataCache cache;
  private final Presence active = new Presence();
  private final ReadGate gate = new ReadGate(IN_FLIGHT_BYTES);
  private final Consumer<List<DiskExtent>> free;
  private final Object closing = new Object();
  private boolean closed;

  /** What reads go through. */
  record Parts(MetadataView view, DataIo io, StoreCounters counters) {}

  /**
   * @param free takes blocks that nobody refers to or reads any more
   */
  Readers(Parts parts, StoreConfig config, Consumer<List<DiskExtent>> free) {
    this.counters = parts.counters();
    this.free = free;
    this.workers = new Workers("store-read", config.readers());
    this.blobCache = new BlobCache(config.blobCacheBytes());
    this.finder = new PieceFinder(parts.view(), blobCache);
    DataFiles files = parts.io().files();
    DirectBuffers buffers = parts.io().buffers();
    BlobReader blobs = new BlobReader(files, buffers, config.meter(), counters);
    this.reader = new ObjectReader(blobs);
    this.cache = new DataCache(config.dataCacheBytes());
    this.jobs = new ReadJob.Parts(parts.io(), blobs, cache, workers);
    this.checked =
        new CheckedPipes(config.sys(), config.meter().owner("cache", "checked_pipes"), workers);
    this.lazy =
        new LazyPieces.Parts(
            files,
            blobs,
            config.pipes(),
            counters,
            workers,
            new PipeCheck(config.pipes(), workers),
            checked,
            new ReadAhead());
  }

  /** These are referred to no more; they are free when the reads that may know them have ended. */
  void retire(List<DiskExtent> extents) {
    free.accept(guard.retire(extents));
  }

  CompletableFuture<BufferList> read(
      CollectionId collection, ObjectId object, List<ObjectStore.Range> ranges, boolean fromDisk) {
    CompletableFuture<BufferList> result = new CompletableFuture<>();
    Object name = PieceFinder.name(collection, object);
    OneRead read = new OneRead(name, result::complete, result::completeExceptionally);
    Found then = pieces -> read.begin(pieces, fromDisk);
    if (fromDisk) {
      ask(() -> finder.find(collection, object, ranges, false), read, then);
    } else {
      lookUp(collection, object, ranges, read, then);
    }
    return result;
  }

  /** What is done with what was found. */
  private interface Found {
    void found(List<Piece> pieces) throws StoreException;
  }

  /**
   * In the caller's thread when memory knows where the bytes are ([M] a hop to a worker and back is
   * more than all else that a small read costs); on a worker when the database has to be asked, as
   * that may block.
   */
  private void lookUp(
      CollectionId collection,
      ObjectId object,
      List<ObjectStore.Range> ranges,
      OneRead read,
      Found then) {
    try {
      List<Piece> pieces = finder.findInMemory(collection, object, ranges);
      if (pieces != null) {
        then.found(pieces);
        return;
      }
    } catch (Throwable e) { // also out of memory: whoever waits must be told
      read.failed(e);
      return;
    }
    ask(() -> finder.find(collection, object, ranges, true), read, then);
  }

  /** What a worker asks the database. */
  private interface LookUp {
    List<Piece> look() throws StoreException;
  }

  private void ask(LookUp database, OneRead read, Found then) {
    Runnable ask =
        () -> {
          try {
            then.found(database.look());
          } catch (Throwable e) { // as above
            read.failed(e);
          }
        };
    try {
      workers.execute(ask);
    } catch (RejectedExecutionException e) {
      read.ended();
      throw e;
    }
  }

  /** Who waits for a read, and what must end with it: close waits from its making on. */
  private final class OneRead implements ReadJob.Listener {
    private final Object name;
    private final Predicate<BufferList> taker;
    private final Consumer<Throwable> onFailure;
    private final long beginNanos = System.nanoTime();
    private final long epoch = guard.enter();
    private final AtomicBoolean over = new AtomicBoolean();
    private long bytes;

    /**
     * @param taker false when nobody wants the list any more
     */
    OneRead(Object name, Predicate<BufferList> taker, Consumer<Throwable> onFailure) {
      this.name = name;
      this.taker = taker;
      this.onFailure = onFailure;
      active.enter();
    }

    void begin(List<Piece> pieces, boolean fromDisk) {
      bytes = lengthOf(pieces);
      ReadJob job = new ReadJob(jobs, fromDisk, name, pieces, this);
      gate.enter(bytes, job::start);
    }

    /** Without bytes: what is wanted of them is pinned, or nothing is. */
    private void ended() {
      if (over.getAndSet(true)) {
        return; // a taker that threw
      }
      try {
        free.accept(guard.exit(epoch));
      } finally {
        try {
          gate.leave(bytes);
        } finally {
          active.leave();
        }
      }
    }

    @Override
    public void read(BufferList list) {
      counters.read(list.length(), System.nanoTime() - beginNanos);
      ended();
      if (!taker.test(list)) {
        list.close();
      }
    }

    @Override
    public void failed(Throwable cause) {
      ended();
      onFailure.accept(cause);
    }
  }

  private static long lengthOf(List<Piece> pieces) {
    long length = 0;
    for (Piece piece : pieces) {
      length += piece.length();
    }
    return length;
  }

  /** The bytes of extents that may be gone by now: then null. Blocks on the disk. */
  BufferList readExtents(List<Extent> extents, Object name) throws StoreException {
    long epoch = guard.enter();
    try {
      List<Piece> pieces = finder.find(extents, name);
      return pieces == null ? null : reader.read(pieces, name);
    } finally {
      free.accept(guard.exit(epoch));
    }
  }

  CompletableFuture<ObjectStore.LazyRead> readLazily(
      CollectionId collection, ObjectId object, ObjectStore.Range range, boolean checked) {
    CompletableFuture<ObjectStore.LazyRead> result = new CompletableFuture<>();
    Object name = PieceFinder.name(collection, object);
    OneRead read =
        new OneRead(
            name,
            bytes -> result.complete(new ObjectStore.LazyRead(new ReadyBytes(bytes), null)),
            result::completeExceptionally);
    Found then =
        pieces -> {
          ChecksumVector checksums = isLarge(pieces) ? BlockChecksums.of(pieces) : null;
          if (checksums == null) {
            read.begin(pieces, false);
            return;
          }
          LazyPieces bytes =
              new LazyPieces(lazy, name, pieces, checked ? checksums : null, pinned(pieces));
          read.ended();
          bytes.expectAhead();
          if (!result.complete(new ObjectStore.LazyRead(bytes, checksums))) {
            bytes.close();
          }
        };
    lookUp(collection, object, List.of(range), read, then);
    return result;
  }

  /** Returns what lets go of them. */
  private Runnable pinned(List<Piece> pieces) {
    List<DiskExtent> pinned = new ArrayList<>();
    for (Piece piece : pieces) {
      pinned.addAll(((Piece.OnDisk) piece).range().blob().disk());
    }
    guard.pin(pinned);
    return () -> unpin(pinned);
  }

  /** Whoever sends the bytes may be slower than the store, which takes back nothing once closed. */
  private void unpin(List<DiskExtent> pinned) {
    synchronized (closing) {
      if (!closed) {
        free.accept(guard.unpin(pinned));
      }
    }
  }

  /** Pieces large enough for pipes, on average. */
  private boolean isLarge(List<Piece> pieces) {
    return lazy.pipes() != null
        && !pieces.isEmpty()
        && lengthOf(pieces) / pieces.size() >= LAZY_BYTES;
  }

  /** Of pages that were looked at; files that are written through the page cache have none. */
  void checkedPipesMax(int pipes) {
    checked.resize(lazy.files().pages().ownsFiles() ? pipes : 0);
  }

  void letGoOfIdle() {
    checked.letGoOfIdle();
  }

  void dropCaches() {
    blobCache.clear();
    cache.clear();
    checked.clear();
  }

  /** For {@code perf dump}. */
  void snapshotInto(Map<String, Object> all) {
    all.put("blob_cache_bytes", blobCache.weight());
    all.put("data_cache_bytes", cache.bytes());
    all.put("data_cache_hits", cache.hits());
    all.put("data_cache_misses", cache.misses());
    all.put("read_queue", workers.queued());
    checked.snapshotInto(all);
  }

  /**
   * Waits for what was asked before, so long as that can still end; whether the kernel has its
   * memory is the queue's to say, which is closed afterwards.
   */
  @Override
  public void close() {
    int left = active.awaitNone(Presence.LONG_ENOUGH);
    if (left > 0) {
      LOG.error("{} reads have not ended in {}", left, Presence.LONG_ENOUGH);
    }
    workers.close();
    checked.close();
    synchronized (closing) {
      closed = true;
    }
  }
}
