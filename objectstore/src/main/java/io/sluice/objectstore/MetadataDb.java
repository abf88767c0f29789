package io.sluice.objectstore;

import java.io.IOException;
import java.nio.file.Path;

/**
 * Ordered keys and values, written in atomic, durable batches: the seam behind which RocksDB is.
 *
 * <p><b>Threads:</b> any for reading, the committer for writing. Reads see whole batches only and
 * throw {@link java.io.UncheckedIOException} when the disk or the database is damaged.
 */
interface MetadataDb extends AutoCloseable {
  /** How the database of a store is opened: to be written, or only to be looked at. */
  interface Opener {
    MetadataDb open(Path dir, long cacheBytes) throws IOException;
  }

  /** Takes an entry; returns false to stop. */
  interface Visitor {
    boolean visit(byte[] key, byte[] value);
  }

  /** The value, or null. */
  byte[] get(byte[] key);

  /** Entries with {@code first <= key < end}, in unsigned byte order. */
  void scan(byte[] first, byte[] end, Visitor visitor);

  /**
   * All or nothing; durable when it returns. Blocks for a sync of the disk.
   *
   * @throws NoRoomException when the file system is full
   */
  void write(MetadataBatch batch) throws IOException;

  @Override
  void close();
}
