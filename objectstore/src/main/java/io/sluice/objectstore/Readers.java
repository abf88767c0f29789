package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.SpliceReader;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
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
  private final DataCache cache;
  private final Presence active = new Presence();
  private final ReadGate gate = new ReadGate(IN_FLIGHT_BYTES);
  private final Consumer<List<DiskExtent>> free;

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
    this.reader = new ObjectReader(finder, blobs);
    this.cache = new DataCache(config.dataCacheBytes());
    this.jobs = new ReadJob.Parts(parts.io(), blobs, cache, workers);
    this.lazy = new LazyPieces.Parts(files, blobs, config.pipes(), counters, workers);
  }

  /** These are referred to no more; they are free when the reads that may know them have ended. */
  void retire(List<DiskExtent> extents) {
    free.accept(guard.retire(extents));
  }

  CompletableFuture<BufferList> read(
      CollectionId collection, ObjectId object, List<ObjectStore.Range> ranges) {
    CompletableFuture<BufferList> result = new CompletableFuture<>();
    OneRead read = new OneRead(result); // close waits from now on
    Runnable start =
        () -> {
          try {
            List<Piece> pieces = finder.find(collection, object, ranges);
            read.begin(PieceFinder.name(collection, object), pieces);
          } catch (Throwable e) { // also out of memory: whoever waits must be told
            read.failed(e);
          }
        };
    try {
      workers.execute(start);
    } catch (RejectedExecutionException e) {
      read.ended();
      throw e;
    }
    return result;
  }

  /** Who waits for a read, and what must end with it. */
  private final class OneRead implements ReadJob.Listener {
    private final CompletableFuture<BufferList> result;
    private final long beginNanos = System.nanoTime();
    private final long epoch = guard.enter();
    private long bytes;

    OneRead(CompletableFuture<BufferList> result) {
      this.result = result;
      active.enter();
    }

    void begin(Object name, List<Piece> pieces) {
      bytes = pieces.stream().mapToLong(Piece::length).sum();
      ReadJob job = new ReadJob(jobs, name, pieces, this);
      gate.enter(bytes, job::start);
    }

    private void ended() {
      try {
        gate.leave(bytes);
        free.accept(guard.exit(epoch));
      } finally {
        active.leave();
      }
    }

    @Override
    public void read(BufferList list) {
      counters.read(list.length(), System.nanoTime() - beginNanos);
      ended();
      if (!result.complete(list)) {
        list.close();
      }
    }

    @Override
    public void failed(Throwable cause) {
      ended();
      result.completeExceptionally(cause);
    }
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
      CollectionId collection, ObjectId object, long offset, long length) {
    CompletableFuture<ObjectStore.LazyRead> result = new CompletableFuture<>();
    OneRead read = new OneRead(inMemory(result)); // close waits from now on
    Runnable start =
        () -> {
          try {
            Object name = PieceFinder.name(collection, object);
            List<Piece> pieces = finder.find(collection, object, offset, length);
            ChecksumVector checksums = isLarge(pieces) ? BlockChecksums.of(pieces) : null;
            if (checksums == null) {
              read.begin(name, pieces);
              return;
            }
            ObjectStore.LazyRead found = pin(name, pieces, checksums);
            read.ended();
            if (!result.complete(found)) {
              found.bytes().close();
            }
          } catch (Throwable e) { // also out of memory: whoever waits must be told
            read.failed(e);
          }
        };
    try {
      workers.execute(start);
    } catch (RejectedExecutionException e) {
      read.ended();
      throw e;
    }
    return result;
  }

  /** Completes the result with bytes that are all there, and checked. */
  private static CompletableFuture<BufferList> inMemory(
      CompletableFuture<ObjectStore.LazyRead> result) {
    CompletableFuture<BufferList> whole = new CompletableFuture<>();
    whole.whenComplete(
        (bytes, failure) -> {
          if (failure != null) {
            result.completeExceptionally(failure);
          } else if (!result.complete(new ObjectStore.LazyRead(new ReadyBytes(bytes), null))) {
            bytes.close();
          }
        });
    return whole;
  }

  /** Within the epoch of their look-up: keeps the blocks until the bytes are closed. */
  private ObjectStore.LazyRead pin(Object name, List<Piece> pieces, ChecksumVector checksums) {
    List<DiskExtent> pinned = new ArrayList<>();
    for (Piece piece : pieces) {
      pinned.addAll(((Piece.OnDisk) piece).range().blob().disk());
    }
    guard.pin(pinned);
    Runnable unpin = () -> free.accept(guard.unpin(pinned));
    return new ObjectStore.LazyRead(new LazyPieces(lazy, name, pieces, unpin), checksums);
  }

  /** Pieces large enough for pipes, on average. */
  private boolean isLarge(List<Piece> pieces) {
    long length = pieces.stream().mapToLong(Piece::length).sum();
    return lazy.pipes() != null && !pieces.isEmpty() && length / pieces.size() >= LAZY_BYTES;
  }

  DataCache cache() {
    return cache;
  }

  BlobCache blobCache() {
    return blobCache;
  }

  int queued() {
    return workers.queued();
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
  }
}
