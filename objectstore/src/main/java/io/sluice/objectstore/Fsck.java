package io.sluice.objectstore;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.List;

/**
 * Checks a store that no daemon has open, and names every {@link Inconsistency}; changes nothing
 * unless asked to repair.
 *
 * <p>Quick: every record decodes; extents of an object are in order, disjoint, within its size and
 * its blobs; every blob has as many references as extents point to it, its blocks lie in the data
 * files and belong to no other blob, its checksums or inline bytes are there; nothing is stored for
 * objects and blobs that are not; no id in use will be given again. Deep: also reads every block
 * and compares its checksum.
 *
 * <p>Repair frees what nothing refers to and puts counts right, as {@link Inconsistency#repairable}
 * says, in batches that are each safe to be interrupted after; and only when every object could be
 * read, as nobody knows what the others refer to.
 *
 * <p><b>Threads:</b> one.
 */
public final class Fsck {
  private static final long CACHE_BYTES = 32 << 20;

  /** One inconsistency, and where it is. */
  public record Finding(Inconsistency kind, String what) {
    @Override
    public String toString() {
      return kind + ": " + what;
    }
  }

  /**
   * What was found.
   *
   * @param usedBytes of the data files
   * @param checkedBytes read and compared, deep only
   * @param repaired what was wrong and is not any more
   * @param findings what is wrong, at most 1,000
   */
  public record Report(
      long collections,
      long objects,
      long blobs,
      long usedBytes,
      long checkedBytes,
      List<Finding> repaired,
      List<Finding> findings) {
    public boolean clean() {
      return findings.isEmpty();
    }
  }

  private final Superblock superblock;
  private final MetadataDb db;
  private final DataFiles files;
  private final FsckFindings findings = new FsckFindings();

  private Fsck(Superblock superblock, MetadataDb db, DataFiles files) {
    this.superblock = superblock;
    this.db = db;
    this.files = files;
  }

  /**
   * Blocks until everything is checked.
   *
   * @throws StoreException IN_USE while a daemon has the store open, WRONG_STORE when there is
   *     none, CORRUPT or READ_ERROR when it cannot even be opened
   */
  public static Report check(Path dir, boolean deep, Sys sys) throws StoreException {
    return withStore(
        dir, sys, RocksMetadata::openReadOnly, fsck -> fsck.run(deep, new MetadataBatch()));
  }

  /** Repairs what it can, then checks again: what is still found needs another copy. */
  public static Report repair(Path dir, boolean deep, Sys sys) throws StoreException {
    return withStore(dir, sys, RocksMetadata::open, fsck -> fsck.repairAndCheck(deep));
  }

  /** Of a store that the caller has open, and nobody changes meanwhile. */
  static Report check(Superblock superblock, MetadataDb db, DataFiles files, boolean deep) {
    return new Fsck(superblock, db, files).run(deep, new MetadataBatch());
  }

  private interface Work {
    Report with(Fsck fsck) throws IOException;
  }

  private static Report withStore(Path dir, Sys sys, MetadataDb.Opener opener, Work work)
      throws StoreException {
    Superblock superblock = Mount.readSuperblock(dir);
    StoreLock lock = StoreLock.acquire(sys, dir);
    try {
      Mount.checkDataFiles(dir, superblock);
      try (MetadataDb db = opener.open(dir.resolve(Mkfs.DATABASE), CACHE_BYTES);
          DataFiles files = DataFiles.open(sys, dir, superblock)) {
        return work.with(new Fsck(superblock, db, files));
      }
    } catch (IOException | UncheckedIOException e) {
      throw new StoreException(
          StoreException.Kind.READ_ERROR,
          "cannot check the store " + dir + ": " + e.getMessage(),
          e);
    } finally {
      lock.close();
    }
  }

  /**
   * @param repairs takes the changes that would repair what can be repaired
   */
  private Report run(boolean deep, MetadataBatch repairs) {
    FsckBlobs blobs = new FsckBlobs(superblock, db, findings);
    FsckObjects objects = new FsckObjects(db, blobs, findings);
    blobs.scan();
    objects.scan();
    blobs.compareReferences();
    objects.compareIds();
    if (findings.everyObjectIsKnown()) {
      objects.compareUsage();
    }
    long checked = 0;
    if (deep) {
      checked = new FsckData(db, files, blobs, findings, new CopyMeter()).read();
    }
    if (findings.everyObjectIsKnown()) {
      blobs.repair(repairs);
      objects.repair(repairs);
    }
    return new Report(
        objects.collections(),
        objects.objects(),
        blobs.count(),
        blobs.usedBytes(),
        checked,
        List.of(),
        findings.listed());
  }

  private Report repairAndCheck(boolean deep) throws IOException {
    MetadataBatch repairs = new MetadataBatch();
    List<Finding> before = run(false, repairs).findings();
    if (!repairs.isEmpty()) {
      db.write(repairs);
    }
    Report after = new Fsck(superblock, db, files).run(deep, new MetadataBatch());
    List<Finding> repaired =
        before.stream().filter(finding -> !after.findings().contains(finding)).toList();
    return new Report(
        after.collections(),
        after.objects(),
        after.blobs(),
        after.usedBytes(),
        after.checkedBytes(),
        repaired,
        after.findings());
  }
}
