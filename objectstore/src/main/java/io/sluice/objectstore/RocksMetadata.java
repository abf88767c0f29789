package io.sluice.objectstore;

import io.sluice.bufferlist.Resources;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.function.Consumer;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.BloomFilter;
import org.rocksdb.CompressionType;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.LRUCache;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;

/**
 * The metadata in RocksDB, tuned for a small resident set and quick synced writes.
 *
 * <p>Values of {@value #APART_BYTES} bytes and more, which are payloads kept inline and checksums
 * of large objects, lie in files of their own: compaction moves keys and leaves the values where
 * they are, but for those in the oldest files while much is garbage ({@link GarbageWatch}).
 *
 * <p>Memory: block cache (index and filter blocks included) plus {@value #WRITE_BUFFERS} write
 * buffers of 8 MiB. WAL files are recycled, since a synced write into a file that does not grow
 * need not journal its new size ([M] 3-4 times the rate).
 *
 * <p><b>Threads:</b> any; {@link #close} waits for no one: nobody may be inside. <b>Owns</b> the
 * database and its native options.
 */
final class RocksMetadata implements MetadataDb {
  private static final long WRITE_BUFFER_BYTES = 8 << 20;
  private static final int WRITE_BUFFERS = 3;

  /** Outside the block cache. */
  static final long WRITE_BUFFERS_BYTES = WRITE_BUFFERS * WRITE_BUFFER_BYTES;

  /** Replayed at open: bounds how long that takes. */
  private static final long WAL_BYTES_MAX = 32 << 20;

  /** The filler's piece and a batch that lies outside the heap fit. */
  private static final long STRETCHED_BYTES = 4 << 20;

  private static final int WAL_FILES_RECYCLED = 4;

  /** Tables of 4 MiB, and a file of values for each write buffer. */
  private static final int OPEN_FILES_MAX = 1024;

  /** More than nearly all onodes, which are read again and again. */
  private static final long APART_BYTES = 2 << 10;

  /**
   * Of files of values, while garbage is collected: when half of what is in the oldest is garbage,
   * the rest is moved.
   */
  private static final double GARBAGE_MAX = 0.5;

  /**
   * Flushed write buffers that are compacted together. They cover all keys, so that all of the
   * first level is written again with them; and who looks for a key passes the filter of each.
   */
  private static final int FLUSHES_COMPACTED = 8;

  /** Of the first level that is compacted: some more than what comes to it at a time. */
  private static final long LEVEL_BYTES = 16 << 20;

  private static final long TABLE_BYTES = 4 << 20;

  /**
   * Tables are given to the disk as they are written: in one piece at the end, a log's sync waits
   * for 30 ms beside it.
   */
  private static final long BYTES_PER_SYNC = 512 << 10;

  private final Deque<AutoCloseable> natives = new ArrayDeque<>();
  private final WriteOptions synced;

  /**
   * The writer's, used again for each batch: a fresh one of 256 KiB is mapped and unmapped. One
   * that a large batch has stretched is not kept: it would hold that much for good.
   */
  private WriteBatch writes;

  private final LogFiller filler;
  private final GarbageWatch garbage = new GarbageWatch();
  private final RocksDB db;

  private final MetadataBatch.Target<RocksDBException> filling =
      new MetadataBatch.Target<>() {
        @Override
        public void put(ByteBuffer key, ByteBuffer value) throws RocksDBException {
          if (key.isDirect()) {
            writes.put(key, value);
          } else {
            writes.put(MetadataBatch.copyOf(key), MetadataBatch.copyOf(value));
          }
        }

        @Override
        public void delete(ByteBuffer key) throws RocksDBException {
          if (key.isDirect()) {
            writes.delete(key);
          } else {
            writes.delete(MetadataBatch.copyOf(key));
          }
        }

        @Override
        public void deleteRange(byte[] first, byte[] end) throws RocksDBException {
          writes.deleteRange(first, end);
        }
      };

  private RocksMetadata(Path dir, long cacheBytes, boolean readOnly, Consumer<Options> more)
      throws IOException {
    RocksLibrary.load(dir.toAbsolutePath().getParent());
    Options options = options(cacheBytes);
    more.accept(options);
    synced = own(new WriteOptions().setSync(true));
    writes = new WriteBatch();
    natives.push(() -> writes.close());
    filler = own(new LogFiller(dir.toAbsolutePath().getParent(), WRITE_BUFFER_BYTES + (1 << 20)));
    try {
      db =
          own(
              readOnly
                  ? RocksDB.openReadOnly(options, dir.toString())
                  : RocksDB.open(options, dir.toString()));
      if (!readOnly) {
        checkFiles(dir);
      }
    } catch (RocksDBException e) {
      closeNatives();
      throw failure("metadata database " + dir, e);
    }
    Resources.opened(Resources.Kind.NATIVE_OBJECT);
  }

  /** RocksDB opens without its files of values, and misses them when one is read. */
  private void checkFiles(Path dir) throws RocksDBException {
    db.disableFileDeletions(); // compaction has begun already
    for (String file : db.getLiveFiles(false).files) {
      if (!Files.exists(dir.resolve(file.substring(1)))) {
        throw new RocksDBException("the file " + file.substring(1) + " is missing");
      }
    }
    db.enableFileDeletions();
  }

  static RocksMetadata create(Path dir, long cacheBytes) throws IOException {
    return open(
        dir, cacheBytes, options -> options.setCreateIfMissing(true).setErrorIfExists(true));
  }

  static RocksMetadata open(Path dir, long cacheBytes) throws IOException {
    return open(dir, cacheBytes, options -> {});
  }

  /** With options changed: what a test wants to count, say. */
  static RocksMetadata open(Path dir, long cacheBytes, Consumer<Options> more) throws IOException {
    return new RocksMetadata(dir, cacheBytes, false, more);
  }

  /** Replays the WAL in memory, writes nothing. */
  static RocksMetadata openReadOnly(Path dir, long cacheBytes) throws IOException {
    return new RocksMetadata(dir, cacheBytes, true, options -> {});
  }

  private Options options(long cacheBytes) {
    BlockBasedTableConfig table =
        new BlockBasedTableConfig()
            .setBlockCache(own(new LRUCache(cacheBytes)))
            .setCacheIndexAndFilterBlocks(true)
            .setPinL0FilterAndIndexBlocksInCache(true)
            .setFilterPolicy(own(new BloomFilter(10)));
    return own(new Options())
        .setTableFormatConfig(table)
        .setWriteBufferSize(WRITE_BUFFER_BYTES)
        .setMaxWriteBufferNumber(WRITE_BUFFERS)
        .setLevel0FileNumCompactionTrigger(FLUSHES_COMPACTED)
        .setTargetFileSizeBase(TABLE_BYTES)
        .setMaxBytesForLevelBase(LEVEL_BYTES)
        .setEnableBlobFiles(true)
        .setMinBlobSize(APART_BYTES)
        .setBlobGarbageCollectionForceThreshold(GARBAGE_MAX)
        .setBytesPerSync(BYTES_PER_SYNC)
        .setMaxTotalWalSize(WAL_BYTES_MAX)
        .setRecycleLogFileNum(WAL_FILES_RECYCLED)
        .setMaxBackgroundJobs(2)
        .setMaxOpenFiles(OPEN_FILES_MAX)
        .setMaxFileOpeningThreads(1)
        .setSkipStatsUpdateOnDbOpen(true)
        .setCompressionType(CompressionType.NO_COMPRESSION)
        .setStatsDumpPeriodSec(0)
        .setStatsPersistPeriodSec(0)
        .setKeepLogFileNum(4)
        .setInfoLogLevel(InfoLogLevel.WARN_LEVEL);
  }

  private <T extends AutoCloseable> T own(T object) {
    natives.push(object);
    return object;
  }

  @Override
  public byte[] get(byte[] key) {
    try {
      return db.get(key);
    } catch (RocksDBException e) {
      throw new UncheckedIOException(new IOException("metadata read: " + e.getMessage(), e));
    }
  }

  @Override
  public void scan(byte[] first, byte[] end, Visitor visitor) {
    try (RocksIterator at = db.newIterator()) {
      boolean more = true;
      for (at.seek(first); more && at.isValid(); at.next()) {
        byte[] key = at.key();
        if (Arrays.compareUnsigned(key, end) >= 0) {
          return;
        }
        more = visitor.visit(key, at.value());
        if (!more) {
          return;
        }
      }
      at.status();
    } catch (RocksDBException e) {
      throw new UncheckedIOException(new IOException("metadata scan: " + e.getMessage(), e));
    }
  }

  @Override
  public void write(MetadataBatch batch) throws IOException {
    try {
      if (writes.getDataSize() > STRETCHED_BYTES) {
        writes.close();
        writes = new WriteBatch();
      }
      writes.clear();
      batch.forEach(filling);
      filler.addTo(writes);
      db.write(synced, writes);
      filler.written(db);
      garbage.written(db);
    } catch (RocksDBException e) {
      throw failure("metadata write", e);
    }
  }

  private static IOException failure(String what, RocksDBException e) {
    String message = what + ": " + e.getMessage();
    boolean full = e.getStatus() != null && e.getStatus().getSubCode() == Status.SubCode.NoSpace;
    return full ? new NoRoomException(message, e) : new IOException(message, e);
  }

  @Override
  public void close() {
    Resources.closed(Resources.Kind.NATIVE_OBJECT);
    closeNatives();
  }

  /** The database first, then what it was opened with. */
  private void closeNatives() {
    while (!natives.isEmpty()) {
      try {
        natives.pop().close();
      } catch (Exception e) {
        throw new IllegalStateException("closing the metadata database", e);
      }
    }
  }
}
