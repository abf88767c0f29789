package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.types.ObjectId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * The {@link ObjectStore} on one disk: data in preallocated files written with O_DIRECT, metadata
 * in RocksDB.
 *
 * <pre>
 * DIR/superblock   whose store this is, how it is laid out   {@link Superblock}
 *     lock         flock'd while the store is open
 *     data.0 ...   blocks of 4 KiB                           {@link DataFiles}, {@link Allocator}
 *     db/          RocksDB                                   {@link MetadataKeys}
 *     ballast      room that is given up when it is needed   {@link Ballast}
 *     native/      RocksDB's library, unpacked               {@link RocksLibrary}
 * </pre>
 *
 * <p>{@link #commit} blocks its caller while thousands of transactions wait: only a disk that hangs
 * is felt.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> lock, files, database and threads.
 */
public final class DiskStore implements ObjectStore {
  private static final long METADATA_ROOM_BYTES = 64 << 20;

  /**
   * When the caller has no pool of its own: what reads in flight hold, and answers that wait for
   * their sockets; taken as it is needed, and kept. Memory beside the pool is cleared by the JVM
   * each time and given back only by a collection of the heap.
   */
  private static final long READ_BUFFER_BYTES = 128 << 20;

  private final Path dir;
  private final StoreLock lock;
  private final Superblock superblock;
  private final StoreConfig config;
  private final DirectBuffers ownBuffers;
  private final MetadataDb db;
  private final MetadataView view;
  private final DataFiles files;
  private final Allocator allocator;
  private final Workers writeWorkers;
  private final DataIo io;
  private final DataWriter writer;
  private final Readers readers;
  private final Lookups lookups;
  private final DiskSpace space;
  private final CommitQueue queue;
  private final Compactor compactor;
  private final Committer committer;
  private final StoreCounters counters = new StoreCounters();
  private final StopSwitch stop;
  private final Presence callers = new Presence();
  private volatile boolean closed;

  /** Takes over what was mounted. */
  DiskStore(Mount mount, StoreConfig config) {
    this.dir = mount.dir();
    this.lock = mount.lock();
    this.superblock = mount.superblock();
    this.config = config;
    this.db = mount.db();
    this.files = mount.files();
    this.allocator = mount.allocator();
    this.space = mount.space();
    this.view = new MetadataView(db, config.onodeCacheBytes(), config.inlineCacheBytes());
    this.lookups = new Lookups(view);
    this.ownBuffers = config.buffers() == null ? new DirectBuffers(READ_BUFFER_BYTES) : null;
    DirectBuffers buffers = ownBuffers != null ? ownBuffers : config.buffers();
    this.queue = new CommitQueue(files::isFlushed);
    this.stop = new StopSwitch(config.failStop(), queue::abandon);
    this.writeWorkers = new Workers("store-write", config.writers());
    this.io = DataIo.open(files, buffers, config);
    this.writer = new DataWriter(io, allocator, config, writeWorkers, new WriteEvents());
    this.readers = new Readers(new Readers.Parts(view, io, counters), config, this::free);
    this.compactor =
        new Compactor(
            new Compactor.Parts(view, readers, writer, allocator, queue, stop),
            config.compaction());
    this.committer =
        new Committer(
            new Committer.Parts(queue, files, view, counters, stop, compactor::changed),
            readers::retire);
  }

  /** Makes a store and opens it. */
  public static DiskStore create(Path dir, UUID fsid, int osdId, long sizeBytes, StoreConfig config)
      throws StoreException {
    Mkfs.make(dir, new Mkfs.Identity(fsid, osdId), sizeBytes, config.sys());
    return open(dir, fsid, osdId, config);
  }

  /**
   * Opens an existing store.
   *
   * @throws StoreException WRONG_STORE when it is none, or of another cluster or OSD; IN_USE when
   *     it is open
   */
  public static DiskStore open(Path dir, UUID fsid, int osdId, StoreConfig config)
      throws StoreException {
    return new DiskStore(Mount.open(dir, new Mkfs.Identity(fsid, osdId), config), config);
  }

  /**
   * How large a new store may be that shall live in so much free space: what is left over is for
   * the database, its logs and the ballast, so that deleted data can be written again.
   */
  public static long sizeFor(long freeBytes) {
    return Math.max(freeBytes / 2, Math.min(freeBytes / 10 * 9, freeBytes - METADATA_ROOM_BYTES));
  }

  /**
   * Opens the store, which is made first where there is none; {@code sizeBytes} counts only then.
   */
  public static DiskStore openOrCreate(
      Path dir, UUID fsid, int osdId, long sizeBytes, StoreConfig config) throws StoreException {
    return Files.exists(dir.resolve(Mkfs.SUPERBLOCK))
        ? open(dir, fsid, osdId, config)
        : create(dir, fsid, osdId, sizeBytes, config);
  }

  private final class WriteEvents implements DataWriter.Events {
    @Override
    public void written() {
      committer.written();
    }

    @Override
    public void failed(String what, Throwable cause) {
      fail(what, cause);
    }
  }

  private void fail(String what, Throwable cause) {
    stop.fail(dir + ": " + what, cause);
  }

  private void free(List<DiskExtent> extents) {
    try {
      for (DiskExtent extent : extents) {
        files.freed(extent);
        allocator.free(extent);
      }
    } catch (IOException | IllegalStateException e) {
      fail("blocks cannot be freed", e);
    }
  }

  @Override
  public StagedWrite claimStage(BufferList data, ChecksumVector checksums) throws StoreException {
    enter();
    try {
      if (space.exhausted()) {
        long length = data.length();
        data.close();
        throw DataWriter.noSpace(length, "the file system is full, only deletes are taken");
      }
      return writer.claimStage(data, checksums);
    } finally {
      callers.leave();
    }
  }

  @Override
  public GrowingWrite beginStage(long length) throws StoreException {
    enter();
    try {
      return new GrowingBlob(writer.begin(length), this::append);
    } finally {
      callers.leave();
    }
  }

  private void append(StagedBlob blob, BufferList piece, ChecksumVector checksums) {
    callers.enter();
    try {
      if (closed) {
        piece.close(); // its operation will not be committed either
      } else {
        writer.append(blob, piece, checksums);
      }
    } finally {
      callers.leave();
    }
  }

  @Override
  public void commit(Transaction transaction, Runnable onCommit) {
    commit(transaction, onCommit, refusal -> fail("a transaction cannot be applied", refusal));
  }

  @Override
  public void commit(
      Transaction transaction, Runnable onCommit, Consumer<StoreException> onRefused) {
    checkOpen();
    List<StagedBlob> staged = new ArrayList<>(1);
    long bytes = 0;
    for (Transaction.Op op : transaction.ops()) {
      if (op instanceof Transaction.Staging staging) {
        StagedBlob blob = StagedBlob.of(staging.data());
        blob.claim();
        staged.add(blob);
      }
      bytes += op.weight();
    }
    queue.put(
        new CommitQueue.Queued(transaction, staged, bytes, onCommit, onRefused, System.nanoTime()));
  }

  @Override
  public CompletableFuture<BufferList> read(
      CollectionId collection, ObjectId object, List<Range> ranges) {
    checkOpen();
    return readers.read(collection, object, ranges, false);
  }

  @Override
  public CompletableFuture<BufferList> readFromDisk(
      CollectionId collection, ObjectId object, Range range) {
    checkOpen();
    return readers.read(collection, object, List.of(range), true);
  }

  @Override
  public CompletableFuture<LazyRead> readLazily(
      CollectionId collection, ObjectId object, Range range, boolean checked) {
    checkOpen();
    return readers.readLazily(collection, object, range, checked);
  }

  @Override
  public List<Range> extents(CollectionId collection, ObjectId object, long offset, long length) {
    Range range = new Range(offset, length);
    return lookUp(() -> lookups.extents(collection, object, offset, range.end()));
  }

  @Override
  public Optional<ObjectStat> stat(CollectionId collection, ObjectId object) {
    return lookUp(() -> lookups.stat(collection, object));
  }

  /** Damaged metadata are no answer: the store stops. */
  private <T> T lookUp(Supplier<T> look) {
    enter();
    try {
      try {
        return look.get();
      } finally {
        callers.leave();
      }
    } catch (RuntimeException e) {
      fail("metadata cannot be read", e);
      throw e;
    }
  }

  @Override
  public Optional<byte[]> attr(CollectionId collection, ObjectId object, String name) {
    return lookUp(() -> lookups.attr(collection, object, name));
  }

  @Override
  public Map<String, byte[]> attrs(CollectionId collection, ObjectId object) {
    return lookUp(() -> lookups.attrs(collection, object));
  }

  @Override
  public Optional<byte[]> omapGet(CollectionId collection, ObjectId object, byte[] key) {
    return lookUp(() -> lookups.omapGet(collection, object, key));
  }

  @Override
  public void omapScan(
      CollectionId collection, ObjectId object, byte[] first, OmapVisitor visitor) {
    lookUp(() -> lookups.omapScan(collection, object, first, visitor));
  }

  @Override
  public byte[] omapHeader(CollectionId collection, ObjectId object) {
    return lookUp(() -> lookups.omapHeader(collection, object));
  }

  @Override
  public List<CollectionId> collections() {
    return view.collections();
  }

  @Override
  public boolean exists(CollectionId collection) {
    return view.exists(collection);
  }

  @Override
  public Usage usage(CollectionId collection) {
    return view.usage(collection);
  }

  @Override
  public Listing list(CollectionId collection, ObjectId from, int max) {
    return lookUp(() -> lookups.list(collection, from, max));
  }

  @Override
  public Space space() {
    return space.of(allocator, files);
  }

  @Override
  public Caches caches() {
    return new StoreCaches(view, readers);
  }

  @Override
  public Map<String, Object> perf() {
    Map<String, Object> all = counters.snapshot();
    all.put("staged_bytes", writer.stagedBytes());
    all.put("staged_writes", writer.stagedBlobs());
    all.put("staged_by_route", writer.routes());
    all.put("staged_memory_calls", writer.queuedCalls());
    io.snapshotInto(all);
    readers.snapshotInto(all);
    all.put("commit_queue", queue.size());
    all.put("write_queue", writeWorkers.queued());
    view.snapshotInto(all);
    space.snapshotInto(all);
    compactor.snapshotInto(all);
    all.put("total_bytes", allocator.totalBytes());
    all.put("free_bytes", allocator.freeBytes());
    all.put("direct_io", superblock.direct());
    return all;
  }

  /** Until the caller leaves, close does not take files and database away under it. */
  private void enter() {
    callers.enter();
    if (closed) {
      callers.leave();
      checkOpen();
    }
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("store used after close: " + dir);
    }
  }

  /**
   * Completes what was asked before, then closes everything. What is asked meanwhile may be
   * refused.
   *
   * @throws IllegalStateException when somebody, or the kernel, does not let go of files and memory
   *     in {@link Presence#LONG_ENOUGH}: those stay, and so does the lock
   */
  @Override
  public void close() {
    synchronized (this) {
      if (closed) {
        return;
      }
      closed = true;
    }
    int inside = callers.awaitNone(Presence.LONG_ENOUGH);
    if (inside > 0) {
      throw new IllegalStateException(
          inside + " calls have not ended in " + Presence.LONG_ENOUGH + ": " + dir);
    }
    compactor.close();
    committer.close();
    writeWorkers.close();
    readers.close();
    io.close();
    db.close();
    files.close();
    if (ownBuffers != null) {
      ownBuffers.close();
    }
    lock.close();
  }

  @Override
  public String toString() {
    return "DiskStore[" + dir + " osd." + superblock.osdId() + " " + allocator + "]";
  }
}
