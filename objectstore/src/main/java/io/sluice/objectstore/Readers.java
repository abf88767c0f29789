package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;

/**
 * The read side of a {@link DiskStore}: looks up, brings the bytes, keeps their blocks meanwhile.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> its workers.
 */
final class Readers implements AutoCloseable {
  /** Less is not worth a pipe: a pipe's system calls cost more than the copy that they save. */
  private static final long LAZY_BYTES = 64 << 10;

  private final StoreCounters counters;
  private final ReadGuard guard = new ReadGuard();
  private final Workers workers;
  private final PieceFinder finder;
  private final ObjectReader reader;
  private final LazyPieces.Parts lazy;
  private final Consumer<List<DiskExtent>> free;

  /**
   * @param free takes blocks that nobody refers to or reads any more
   */
  Readers(
      MetadataView view,
      DataFiles files,
      DirectBuffers buffers,
      StoreConfig config,
      StoreCounters counters,
      Consumer<List<DiskExtent>> free) {
    this.counters = counters;
    this.free = free;
    this.workers = new Workers("store-read", config.readers());
    this.finder = new PieceFinder(view);
    BlobReader blobs = new BlobReader(files, buffers, config.meter(), counters);
    this.reader = new ObjectReader(finder, blobs);
    this.lazy = new LazyPieces.Parts(files, blobs, config.pipes(), counters, workers);
  }

  /** These are referred to no more; they are free when the reads that may know them have ended. */
  void retire(List<DiskExtent> extents) {
    free.accept(guard.retire(extents));
  }

  CompletableFuture<BufferList> read(
      CollectionId collection, ObjectId object, long offset, long length) {
    CompletableFuture<BufferList> result = new CompletableFuture<>();
    workers.execute(
        () -> {
          long begin = System.nanoTime();
          long epoch = guard.enter();
          BufferList bytes;
          try {
            bytes = reader.read(collection, object, offset, length);
            counters.read(bytes.length(), System.nanoTime() - begin);
          } catch (Throwable e) { // also out of memory: whoever waits must be told
            result.completeExceptionally(e);
            return;
          } finally {
            free.accept(guard.exit(epoch));
          }
          if (!result.complete(bytes.handOver())) {
            bytes.close();
          }
        });
    return result;
  }

  CompletableFuture<ObjectStore.LazyRead> readLazily(
      CollectionId collection, ObjectId object, long offset, long length) {
    CompletableFuture<ObjectStore.LazyRead> result = new CompletableFuture<>();
    workers.execute(
        () -> {
          long epoch = guard.enter();
          ObjectStore.LazyRead found;
          try {
            found = lookUpLazily(collection, object, offset, length);
          } catch (Throwable e) { // also out of memory: whoever waits must be told
            result.completeExceptionally(e);
            return;
          } finally {
            free.accept(guard.exit(epoch));
          }
          if (!result.complete(found)) {
            found.bytes().close();
          }
        });
    return result;
  }

  private ObjectStore.LazyRead lookUpLazily(
      CollectionId collection, ObjectId object, long offset, long length) throws StoreException {
    String name = PieceFinder.name(collection, object);
    List<Piece> pieces = finder.find(collection, object, offset, length);
    ChecksumVector checksums = isLarge(pieces) ? BlockChecksums.of(pieces) : null;
    if (checksums == null) {
      return new ObjectStore.LazyRead(new ReadyBytes(reader.read(pieces, name).handOver()), null);
    }
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

  Executor workers() {
    return workers;
  }

  int queued() {
    return workers.queued();
  }

  @Override
  public void close() {
    workers.close();
  }
}
