package io.sluice.objectstore;

import io.sluice.bufferlist.MalformedInputException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.UnaryOperator;

/**
 * Everything of a store that is opened, with the allocator as the blobs say. Whoever gets it owns
 * it.
 */
record Mount(
    Path dir,
    StoreLock lock,
    Superblock superblock,
    MetadataDb db,
    DataFiles files,
    Allocator allocator,
    DiskSpace space) {

  static Mount open(Path dir, Mkfs.Identity owner, StoreConfig config) throws StoreException {
    return open(dir, owner, config, RocksMetadata::open);
  }

  static Mount open(Path dir, Mkfs.Identity owner, StoreConfig config, MetadataDb.Opener database)
      throws StoreException {
    if (!Files.isDirectory(dir)) {
      throw new StoreException(
          StoreException.Kind.WRONG_STORE, "no store in " + dir + ": no such directory");
    }
    Deque<AutoCloseable> opened = new ArrayDeque<>();
    try {
      StoreLock lock = StoreLock.acquire(config.sys(), dir);
      opened.push(lock);
      Superblock superblock = readSuperblock(dir);
      check(dir, superblock, owner);
      checkDataFiles(dir, superblock);
      DiskSpace space = DiskSpace.of(config.sys(), dir, superblock);
      MetadataDb db =
          new SteadyMetadata(
              () -> database.open(dir.resolve(Mkfs.DATABASE), config.cacheBytes()), space);
      opened.push(db);
      DataFiles files = DataFiles.open(config.sys(), dir, superblock);
      opened.push(files);
      space.open();
      OmapAhead.deleteLeftovers(db);
      return new Mount(dir, lock, superblock, db, files, allocator(db, files, superblock), space);
    } catch (StoreException e) {
      throw closing(opened, e);
    } catch (IOException | RuntimeException e) {
      throw closing(
          opened,
          new StoreException(
              StoreException.Kind.READ_ERROR,
              "cannot open the store " + dir + ": " + e.getMessage(),
              e));
    }
  }

  /** With the database behind a seam of its own. */
  Mount with(UnaryOperator<MetadataDb> seam) {
    return new Mount(dir, lock, superblock, seam.apply(db), files, allocator, space);
  }

  private static StoreException closing(Deque<AutoCloseable> opened, StoreException failure) {
    for (AutoCloseable each : opened) {
      try {
        each.close();
      } catch (Exception e) {
        failure.addSuppressed(e);
      }
    }
    return failure;
  }

  static Superblock readSuperblock(Path dir) throws StoreException {
    Path path = dir.resolve(Mkfs.SUPERBLOCK);
    try {
      if (Files.size(path) > Superblock.BYTES_MAX) {
        throw new MalformedInputException("not the superblock of a sluice store");
      }
      return Superblock.decode(Files.readAllBytes(path));
    } catch (NoSuchFileException e) {
      throw new StoreException(
          StoreException.Kind.WRONG_STORE, "no store in " + dir + ": no superblock", e);
    } catch (MalformedInputException e) {
      throw new StoreException(StoreException.Kind.WRONG_STORE, path + ": " + e.getMessage(), e);
    } catch (IOException e) {
      throw new StoreException(
          StoreException.Kind.READ_ERROR, "cannot read " + path + ": " + e.getMessage(), e);
    }
  }

  private static void check(Path dir, Superblock found, Mkfs.Identity owner) throws StoreException {
    Mkfs.Identity theirs = new Mkfs.Identity(found.fsid(), found.osdId());
    if (!theirs.equals(owner)) {
      throw new StoreException(
          StoreException.Kind.WRONG_STORE,
          "store " + dir + " belongs to " + theirs + ", not to " + owner);
    }
  }

  static void checkDataFiles(Path dir, Superblock superblock) throws StoreException, IOException {
    long left = superblock.totalBytes();
    for (int file = 0; left > 0; file++) {
      Path path = DataFiles.path(dir, file);
      long expected = Math.min(left, superblock.fileBytes());
      if (!Files.exists(path)) {
        throw new StoreException(StoreException.Kind.CORRUPT, "data file " + path + " is missing");
      }
      if (Files.size(path) != expected) {
        throw new StoreException(
            StoreException.Kind.CORRUPT,
            "data file " + path + " is " + Files.size(path) + " bytes long instead of " + expected);
      }
      left -= expected;
    }
    RocksManifest.checkLogs(dir.resolve(Mkfs.DATABASE));
  }

  private static Allocator allocator(MetadataDb db, DataFiles files, Superblock superblock) {
    Allocator allocator = new Allocator(superblock.totalBytes(), superblock.fileBytes());
    db.scan(
        new byte[] {MetadataKeys.BLOB},
        new byte[] {MetadataKeys.BLOB + 1},
        (key, value) -> {
          for (DiskExtent extent : Blob.decode(value).disk()) {
            allocator.reserve(extent);
            files.provisioned(extent);
          }
          return true;
        });
    return allocator;
  }
}
