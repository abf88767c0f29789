package io.sluice.objectstore;

import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Sys;
import io.sluice.bufferlist.SystemCallException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.Comparator;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes a store: data files, database, and last the superblock, which makes it one. What an
 * interrupted attempt left is made anew.
 */
final class Mkfs {
  static final String SUPERBLOCK = "superblock";
  static final String DATABASE = "db";

  private static final Logger LOG = LoggerFactory.getLogger(Mkfs.class);

  /** Well below every file system's limit. */
  private static final long FILE_BYTES = 1L << 40;

  /** A few objects; anything smaller is a mistake. */
  private static final long BYTES_MIN = 1 << 20;

  private static final long MKFS_CACHE_BYTES = 1 << 20;

  /** Whose store it is. */
  record Identity(UUID fsid, int osdId) {
    @Override
    public String toString() {
      return "osd." + osdId + " of cluster " + fsid;
    }
  }

  private final Path dir;
  private final Sys sys;

  private Mkfs(Path dir, Sys sys) {
    this.dir = dir;
    this.sys = sys;
  }

  static void make(Path dir, Identity owner, long sizeBytes, Sys sys) throws StoreException {
    long total = sizeBytes / DiskExtent.BLOCK * DiskExtent.BLOCK;
    if (total < BYTES_MIN) {
      throw new IllegalArgumentException(
          "a store of " + sizeBytes + " bytes, of at least " + BYTES_MIN);
    }
    try {
      Files.createDirectories(dir);
      StoreLock lock = StoreLock.acquire(sys, dir);
      try {
        if (Files.exists(dir.resolve(SUPERBLOCK))) {
          throw new StoreException(StoreException.Kind.WRONG_STORE, dir + " already holds a store");
        }
        new Mkfs(dir, sys).make(owner, total);
      } finally {
        lock.close();
      }
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Kind.READ_ERROR,
          "cannot make a store in " + dir + ": " + e.getMessage(),
          e);
    }
  }

  private void make(Identity owner, long total) throws IOException {
    long fileBytes = Math.min(FILE_BYTES, total);
    for (int file = 0; file * fileBytes < total; file++) {
      makeDataFile(DataFiles.path(dir, file), Math.min(fileBytes, total - file * fileBytes));
    }
    int alignment = directAlignment(DataFiles.path(dir, 0));
    deleteTree(dir.resolve(DATABASE));
    RocksMetadata.create(dir.resolve(DATABASE), MKFS_CACHE_BYTES).close();
    Superblock superblock =
        new Superblock(
            owner.fsid(),
            owner.osdId(),
            UUID.randomUUID(),
            alignment > 0,
            Math.max(1, alignment),
            total,
            fileBytes);
    writeDurably(dir.resolve(SUPERBLOCK), superblock.encode());
    LOG.info(
        "made a store of {} bytes for {} in {}: {}",
        total,
        owner,
        dir,
        alignment > 0
            ? "O_DIRECT aligned to " + alignment
            : "buffered, as the file system has no O_DIRECT: data pass through the page cache");
  }

  private void makeDataFile(Path path, long bytes) throws IOException {
    Files.deleteIfExists(path);
    int fd = open(path, Sys.O_RDWR | Sys.O_CREAT | Sys.O_EXCL | Sys.O_CLOEXEC);
    try {
      SystemCallException.check(sys, "ftruncate " + path, sys.ftruncate(fd, bytes));
      SystemCallException.check(sys, "fsync " + path, sys.fsync(fd));
    } finally {
      sys.close(fd);
    }
  }

  private int open(Path path, int flags) throws IOException {
    return (int)
        SystemCallException.check(sys, "open " + path, sys.open(path.toString(), flags, 0600));
  }

  /** What the file system says, if one block can really be written and read that way; else 0. */
  private int directAlignment(Path path) throws IOException {
    int alignment = sys.directIoAlignment(path.toString());
    if (alignment <= 0 || alignment > DiskExtent.BLOCK || DiskExtent.BLOCK % alignment != 0) {
      return 0;
    }
    int fd = sys.open(path.toString(), Sys.O_RDWR | Sys.O_DIRECT | Sys.O_CLOEXEC, 0);
    if (fd < 0) {
      return 0;
    }
    try {
      int block = DiskExtent.BLOCK;
      ByteBuffer memory = ByteBuffer.allocateDirect(2 * block).alignedSlice(block);
      long address = DirectBuffers.addressOf(memory);
      boolean works =
          sys.pwrite(fd, address, block, 0) == block && sys.pread(fd, address, block, 0) == block;
      return works ? alignment : 0;
    } finally {
      sys.close(fd);
    }
  }

  private void writeDurably(Path path, byte[] bytes) throws IOException {
    Path fresh = path.resolveSibling(path.getFileName() + ".new");
    int fd = open(fresh, Sys.O_RDWR | Sys.O_CREAT | Sys.O_CLOEXEC);
    try {
      ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length).put(bytes);
      long written = sys.pwrite(fd, DirectBuffers.addressOf(memory), bytes.length, 0);
      SystemCallException.check(sys, "write " + fresh, written == bytes.length ? 0 : -Sys.EIO);
      SystemCallException.check(sys, "ftruncate " + fresh, sys.ftruncate(fd, bytes.length));
      SystemCallException.check(sys, "fsync " + fresh, sys.fsync(fd));
    } finally {
      sys.close(fd);
    }
    Files.move(fresh, path, StandardCopyOption.ATOMIC_MOVE);
    int directory = open(dir, Sys.O_RDONLY | Sys.O_CLOEXEC);
    try {
      SystemCallException.check(sys, "fsync " + dir, sys.fsync(directory));
    } finally {
      sys.close(directory);
    }
  }

  private static void deleteTree(Path root) throws IOException {
    if (!Files.exists(root)) {
      return;
    }
    try (Stream<Path> paths = Files.walk(root)) {
      for (Path path : (Iterable<Path>) paths.sorted(Comparator.reverseOrder())::iterator) {
        Files.delete(path);
      }
    } catch (UncheckedIOException e) {
      throw e.getCause();
    }
  }
}
