package io.sluice.objectstore;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.FlushOptions;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/**
 * Fills RocksDB's first log files of a session, so that the later ones are recycled early.
 *
 * <p>A synced write into a new log file waits for the file system's journal as well, which notes
 * the new size; into a recycled one, whose blocks were written before, it does not ([M] 0.2 ms
 * instead of 1 to 2). RocksDB recycles a file when the tables hold what was in it, and forgets them
 * at every opening: who commits few bytes - a store of large objects - would have new files for
 * hours. So, once the store is in use, some batches carry bytes that mean nothing to anybody
 * (RocksDB's <i>log data</i>), until a log file is as large as it can become; twice, since one file
 * is written while the other becomes free.
 *
 * <p><b>Threads:</b> the writer. <b>Owns</b> its native options.
 */
final class LogFiller implements AutoCloseable {
  /** Stores that live for a moment do without. */
  private static final int BATCHES_BEFORE = 64;

  private static final int LOGS = 2;

  /** With each batch: about as long as a sync takes. */
  private static final int PIECE_BYTES = 1 << 20;

  /** Where there is less room than that, it is not spent so. */
  private static final long ROOM_BYTES_MIN = 512 << 20;

  private final long fileBytes;
  private final Path dir;
  private final FlushOptions flush =
      new FlushOptions().setWaitForFlush(false).setAllowWriteStall(true);
  private int batches;
  private int files;
  private long filled;
  private byte[] piece;

  /**
   * @param fileBytes that a log file comes to hold
   */
  LogFiller(Path dir, long fileBytes) {
    this.dir = dir;
    this.fileBytes = fileBytes;
  }

  /** Makes the batch longer, if it is time. */
  void addTo(WriteBatch batch) throws RocksDBException, IOException {
    if (files == LOGS || ++batches <= BATCHES_BEFORE) {
      return;
    }
    if (piece == null) {
      if (Files.getFileStore(dir).getUsableSpace() < ROOM_BYTES_MIN) {
        files = LOGS;
        return;
      }
      piece = new byte[PIECE_BYTES];
    }
    batch.putLogData(piece);
    filled += PIECE_BYTES;
  }

  /** After the batch was written: goes on to the next log file when this one is full. */
  void written(RocksDB db) throws RocksDBException {
    if (filled >= fileBytes) {
      filled = 0;
      files++;
      piece = files == LOGS ? null : piece;
      db.flush(flush);
    }
  }

  @Override
  public void close() {
    flush.close();
  }
}
