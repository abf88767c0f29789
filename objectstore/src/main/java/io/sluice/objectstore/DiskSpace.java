package io.sluice.objectstore;

import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How much room there is: in the data files, and on the file system, which others may fill.
 *
 * <p>The {@link Ballast} is given up when less than half of its size is left besides; from then on
 * the store is <i>exhausted</i>: it says that nothing is free and takes no data, only what lives in
 * the metadata, deletes above all. When twice its size is free again it is taken back.
 *
 * <p><b>Threads:</b> any; asks the file system, which does not block.
 */
final class DiskSpace {
  private static final Logger LOG = LoggerFactory.getLogger(DiskSpace.class);

  /** The committer looks at each so many groups: a look costs microseconds, a group a sync. */
  private static final int GROUPS_PER_LOOK = 8;

  private final Path dir;
  private final FileStore fileStore;
  private final Ballast ballast;
  private final AtomicLong refusals = new AtomicLong();
  private int groups;
  private volatile boolean exhausted;

  private DiskSpace(Path dir, FileStore fileStore, Ballast ballast) {
    this.dir = dir;
    this.fileStore = fileStore;
    this.ballast = ballast;
  }

  static DiskSpace of(Sys sys, Path dir, Superblock superblock) throws IOException {
    FileStore fileStore = Files.getFileStore(dir);
    long bytes = Ballast.bytesFor(superblock.totalBytes(), fileStore.getTotalSpace());
    return new DiskSpace(dir, fileStore, new Ballast(sys, dir, bytes));
  }

  /** Takes the ballast, when a store is opened to be written. */
  void open() throws IOException {
    if (ballast.bytes() > 0) {
      ballast.raise();
      exhausted = !ballast.held() && fileStore.getUsableSpace() < 2 * ballast.bytes();
    }
  }

  /** True from giving up the ballast until it is taken back. */
  boolean exhausted() {
    return exhausted;
  }

  /** Before each commit group. */
  void groupBegins() throws IOException {
    if (++groups % GROUPS_PER_LOOK == 1) {
      look();
    }
  }

  private synchronized void look() throws IOException {
    if (ballast.bytes() == 0) {
      return;
    }
    long usable = fileStore.getUsableSpace();
    if (!exhausted && usable < ballast.bytes() / 2) {
      giveUp();
    } else if (exhausted && usable > 2 * ballast.bytes()) {
      ballast.raise();
      exhausted = !ballast.held();
      LOG.info("{}: there is room again", dir);
    } else if (exhausted && usable > ballast.bytes()) {
      // Enough for metadata. Deleted data stays within the data files, so a file system that they
      // fill has no room for the ballast ever after; what was deleted can be written again.
      exhausted = false;
      LOG.info("{}: there is room again, but not for the ballast", dir);
    }
  }

  /** The database found no room. */
  void databaseIsFull() throws IOException {
    refusals.incrementAndGet();
    giveUp();
  }

  private synchronized void giveUp() throws IOException {
    boolean given = ballast.release();
    if (!exhausted) {
      exhausted = true;
      LOG.warn(
          "{}: the file system is full, {} bytes of ballast given up: only deletes are taken",
          dir,
          given ? ballast.bytes() : 0);
    }
  }

  ObjectStore.Space of(Allocator allocator, DataFiles files) {
    long free = allocator.freeBytes();
    long given = files.provisionedBytes() - (allocator.totalBytes() - free);
    try {
      look();
      // What the file system gave us before stays ours.
      long available = fileStore.getUsableSpace() + Math.max(0, given);
      return new ObjectStore.Space(
          allocator.totalBytes(), exhausted ? 0 : Math.min(free, available));
    } catch (IOException e) {
      throw new UncheckedIOException("cannot ask for the free space of " + dir, e);
    }
  }

  /** {@code database_full}: how often the database found no room. */
  void snapshotInto(Map<String, Object> all) {
    all.put("ballast_bytes", ballast.held() ? ballast.bytes() : 0);
    all.put("database_full", refusals.get());
  }
}
