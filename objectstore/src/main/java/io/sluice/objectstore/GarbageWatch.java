package io.sluice.objectstore;

import org.rocksdb.MutableColumnFamilyOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;

/**
 * Has RocksDB collect garbage among the values that lie apart while there is some, and only then.
 *
 * <p>While it collects, each compaction moves every value that it meets in the oldest quarter of
 * the files, whether or not anything in them is garbage: a store that is only added to writes its
 * values again and again ([M] after 200,000 objects of 4 KiB two thirds of what compaction cost).
 *
 * <p><b>Threads:</b> the writer.
 */
final class GarbageWatch {
  /** Some 2,000 writes of a busy store; of an idle one nothing becomes garbage meanwhile. */
  static final int BATCHES_BETWEEN = 256;

  /** Of all bytes in files of values: from here on it is collected. */
  private static final double MUCH = 0.2;

  /** From here on no longer: what is left does not pay for moving the rest. */
  private static final double LITTLE = 0.1;

  private int batches;
  private boolean collecting;

  /** After a batch was written; the first one of a session looks. */
  void written(RocksDB db) throws RocksDBException {
    if (batches++ % BATCHES_BETWEEN == 0) {
      look(db);
    }
  }

  private void look(RocksDB db) throws RocksDBException {
    double all = db.getLongProperty("rocksdb.live-blob-file-size");
    double garbage = db.getLongProperty("rocksdb.live-blob-file-garbage-size");
    boolean pays = garbage > all * (collecting ? LITTLE : MUCH);
    if (pays != collecting) {
      db.setOptions(
          MutableColumnFamilyOptions.builder().setEnableBlobGarbageCollection(pays).build());
      collecting = pays;
    }
  }
}
