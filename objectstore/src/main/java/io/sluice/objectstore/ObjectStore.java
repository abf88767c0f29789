package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.LazyBytes;
import io.sluice.types.ObjectId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/**
 * Objects with data, attributes and omap, in collections, on one disk.
 *
 * <p><b>Rules for implementations:</b> what {@link #commit} calls back for is durable; transactions
 * of one collection commit, and are called back, in the order they were given; reads see committed
 * state only; a transaction applies whole or is refused whole; no block that a committed object
 * refers to is ever written again; a failed write or flush ends the process (fail-stop), nobody is
 * answered.
 *
 * <p><b>Threads:</b> any. Callbacks and futures complete on a thread of the store: hand over to
 * your loop. Small lookups (stat, attributes, omap, listing) block on memory or RocksDB. {@link
 * #read} and {@link #claimStage} do their I/O on others' threads; a read that memory can answer has
 * completed when it returns.
 */
public interface ObjectStore extends AutoCloseable {
  /**
   * Up to that many bytes {@link Transaction.WriteInline} is cheaper than staging: no flush of data
   * files.
   */
  int INLINE_BYTES = 16 << 10;

  /** Size in bytes, and whatever else is cheap to know. */
  record ObjectStat(long size, AllocHint hint) {
    public ObjectStat(long size) {
      this(size, AllocHint.NONE);
    }
  }

  /**
   * What is in a collection.
   *
   * @param bytes sum of the objects' sizes, holes too
   */
  record Usage(long objects, long bytes) {
    static final Usage NONE = new Usage(0, 0);

    Usage plus(long moreObjects, long moreBytes) {
      return new Usage(objects + moreObjects, bytes + moreBytes);
    }
  }

  /** A run of an object's bytes. */
  record Range(long offset, long length) {
    public Range {
      if (offset < 0 || length < 0) {
        throw new IllegalArgumentException("range " + offset + "+" + length);
      }
    }

    /** The first byte behind it; of a range without end the largest number there is. */
    public long end() {
      return length > Long.MAX_VALUE - offset ? Long.MAX_VALUE : offset + length;
    }
  }

  /**
   * @param next where to go on, or null at the end
   */
  record Listing(List<ObjectId> objects, ObjectId next) {}

  /**
   * What a large read is made of.
   *
   * @param bytes the caller's to close, which lets go of the blocks on disk
   * @param checksums of the 4 KiB blocks from the first byte of the read, as stored; unless it was
   *     to be checked, nobody has looked at the bytes, and whoever receives them checks them. Null
   *     = every byte is there, in memory, and was checked
   */
  record LazyRead(LazyBytes bytes, ChecksumVector checksums) {}

  /** Bytes. */
  record Space(long total, long free) {}

  /**
   * Starts to write bytes into fresh extents; allocates before it returns.
   *
   * @param data taken over
   * @param checksums of its 4 KiB blocks where known (from the first byte of data); else null, the
   *     store reads the bytes
   * @throws StoreException NO_SPACE: nothing was allocated and data is closed
   */
  StagedWrite claimStage(BufferList data, ChecksumVector checksums) throws StoreException;

  /**
   * Begins a write whose bytes come later, in pieces; allocates before it returns.
   *
   * @param length bytes, more than 0
   * @throws StoreException NO_SPACE: nothing was allocated
   */
  GrowingWrite beginStage(long length) throws StoreException;

  /**
   * Queues the transaction; {@code onCommit} runs when it is durable. A staged write in it is
   * waited for. Blocks the caller only when thousands of transactions wait, as they do when a disk
   * hangs. A transaction that is refused is a bug of the caller and ends the daemon.
   */
  void commit(Transaction transaction, Runnable onCommit);

  /**
   * {@link #commit(Transaction, Runnable)} of a transaction that may be refused (see {@link
   * Transaction}): then nothing of it was applied, its staged writes are gone, and {@code
   * onRefused} is called in its place.
   */
  void commit(Transaction transaction, Runnable onCommit, Consumer<StoreException> onRefused);

  /**
   * Reads committed bytes, every one of them checked.
   *
   * @param length bytes; cut at the end of the object
   * @return the bytes, the caller's to close; fails with StoreException NOT_FOUND, READ_ERROR or
   *     CORRUPT
   */
  default CompletableFuture<BufferList> read(
      CollectionId collection, ObjectId object, long offset, long length) {
    return read(collection, object, List.of(new Range(offset, length)));
  }

  /** Many runs of one committed state, one after the other in the list, each cut at the end. */
  CompletableFuture<BufferList> read(CollectionId collection, ObjectId object, List<Range> ranges);

  /**
   * The same of one run, for somebody who asks what the disk holds: no cache of payload answers.
   * What is kept inline is as in {@link #read}.
   */
  default CompletableFuture<BufferList> readFromDisk(
      CollectionId collection, ObjectId object, Range range) {
    return read(collection, object, List.of(range));
  }

  /**
   * Reads committed bytes for somebody who sends them on: large ones are brought when asked for, as
   * pipes, from the state that was committed when this completed.
   *
   * @param range cut at the end of the object
   * @param checked each block is compared with its stored checksum before it is brought; else only
   *     what does not come in pipes is
   * @return fails with StoreException NOT_FOUND, READ_ERROR or CORRUPT; so may each piece
   */
  default CompletableFuture<LazyRead> readLazily(
      CollectionId collection, ObjectId object, Range range, boolean checked) {
    return read(collection, object, List.of(range))
        .thenApply(bytes -> new LazyRead(new ReadyBytes(bytes), null));
  }

  /**
   * The runs within {@code [offset, offset+length)} that were written, in order, joined where they
   * meet; all else reads as zeros. Empty when the object is absent. (ceph: fiemap)
   */
  List<Range> extents(CollectionId collection, ObjectId object, long offset, long length);

  Optional<ObjectStat> stat(CollectionId collection, ObjectId object);

  default boolean exists(CollectionId collection, ObjectId object) {
    return stat(collection, object).isPresent();
  }

  /** Empty when the object or the attribute is absent. */
  Optional<byte[]> attr(CollectionId collection, ObjectId object, String name);

  Map<String, byte[]> attrs(CollectionId collection, ObjectId object);

  Optional<byte[]> omapGet(CollectionId collection, ObjectId object, byte[] key);

  /**
   * Keys from {@code first} (inclusive; empty = all), at most {@code max}, in unsigned byte order.
   */
  default SortedMap<byte[], byte[]> omapList(
      CollectionId collection, ObjectId object, byte[] first, int max) {
    return omapList(collection, object, first, max, Long.MAX_VALUE);
  }

  /**
   * The same, but keys and values are at most so many bytes, or one entry: never without an entry
   * where there is one.
   */
  default SortedMap<byte[], byte[]> omapList(
      CollectionId collection, ObjectId object, byte[] first, int max, long bytesMax) {
    SortedMap<byte[], byte[]> page = new TreeMap<>(Arrays::compareUnsigned);
    long[] bytes = {0};
    if (max > 0) {
      omapScan(
          collection,
          object,
          first,
          (key, value) -> {
            bytes[0] += key.length + value.length;
            if (bytes[0] > bytesMax && !page.isEmpty()) {
              return false;
            }
            page.put(key, value);
            return page.size() < max;
          });
    }
    return page;
  }

  /** Shown one key after the other. */
  interface OmapVisitor {
    /**
     * @return false when no more are wanted
     */
    boolean visit(byte[] key, byte[] value);
  }

  /**
   * Shows keys from {@code first} (inclusive; empty = all) in unsigned byte order, of one committed
   * state, one at a time: nothing but what the visitor keeps is in memory. It runs in this call and
   * asks the store nothing.
   */
  void omapScan(CollectionId collection, ObjectId object, byte[] first, OmapVisitor visitor);

  /** Empty when there is none, or no such object. */
  byte[] omapHeader(CollectionId collection, ObjectId object);

  List<CollectionId> collections();

  boolean exists(CollectionId collection);

  /** Nothing when the collection is absent. Kept, not counted. */
  Usage usage(CollectionId collection);

  /**
   * Objects in store order (bit-reversed hash, pool, namespace, key, name, ...) from {@code from}
   * inclusive.
   *
   * @param from null = the beginning
   */
  Listing list(CollectionId collection, ObjectId from, int max);

  Space space();

  /** What a store keeps in memory, any thread's. */
  interface Caches {
    /** Of a store that keeps nothing. */
    Caches NONE = new Caches() {};

    /** So much may small objects that were read or written lately take up, outside the heap. */
    default void inlineMax(long bytes) {}

    /** So many pipes may hold pages of large reads that were looked at. */
    default void pipesMax(int pipes) {}

    /**
     * Lets go of what was not asked for in minutes, where the kernel cannot take its memory back;
     * to be called now and then.
     */
    default void letGoOfIdle() {}

    /** Forgets everything, as after a restart; the kernel's page cache is not the store's. */
    default void drop() {}
  }

  default Caches caches() {
    return Caches.NONE;
  }

  /** Counters for {@code perf dump}. */
  Map<String, Object> perf();

  @Override
  void close();
}
