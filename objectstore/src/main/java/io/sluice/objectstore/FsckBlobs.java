package io.sluice.objectstore;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import java.util.HashMap;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * The part of {@link Fsck} that looks at blobs: their records, what lies beside them, their blocks,
 * and who refers to them. <b>Threads:</b> one. Memory: about 150 bytes a blob.
 */
final class FsckBlobs {
  private static final int ID_KEY_BYTES = 9;

  private static final class Counted {
    final Blob blob;
    int references;

    /** False when its blocks are not where a block can be. */
    boolean readable = true;

    Counted(Blob blob) {
      this.blob = blob;
    }
  }

  private final MetadataDb db;
  private final FsckFindings findings;
  private final Superblock superblock;
  private final Allocator allocator;
  private final Map<Long, Counted> blobs = new HashMap<>();

  FsckBlobs(Superblock superblock, MetadataDb db, FsckFindings findings) {
    this.superblock = superblock;
    this.db = db;
    this.findings = findings;
    this.allocator = new Allocator(superblock.totalBytes(), superblock.fileBytes());
  }

  void scan() {
    scan(MetadataKeys.BLOB, this::blob);
    scan(MetadataKeys.CHECKSUMS, (key, value) -> beside(key, false));
    scan(MetadataKeys.INLINE, (key, value) -> beside(key, true));
  }

  private void scan(byte kind, BiConsumer<byte[], byte[]> check) {
    db.scan(
        new byte[] {kind},
        new byte[] {(byte) (kind + 1)},
        (key, value) -> {
          if (key.length == ID_KEY_BYTES) {
            check.accept(key, value);
          } else {
            findings.add(
                Inconsistency.BAD_KEY, "key " + (char) kind + " of " + key.length + " bytes");
          }
          return true;
        });
  }

  private void blob(byte[] key, byte[] value) {
    long id = MetadataKeys.idOf(key);
    Blob blob;
    try {
      blob = Blob.decode(value);
    } catch (MalformedInputException | IllegalArgumentException e) {
      findings.add(Inconsistency.BAD_BLOB, "blob " + id + ": " + e.getMessage());
      return;
    }
    blobs.put(id, new Counted(blob));
    if (blob.inline()) {
      inlineBytes(id, blob);
    } else {
      blobs.get(id).readable = blocks(id, blob);
      checksums(id, blob);
    }
  }

  private void inlineBytes(long id, Blob blob) {
    byte[] bytes = db.get(MetadataKeys.inline(id));
    if (bytes == null) {
      findings.add(Inconsistency.MISSING_INLINE_BYTES, "inline blob " + id + " has no bytes");
    } else if (!InlineBytes.matches(bytes)) {
      findings.add(
          Inconsistency.DAMAGED_INLINE_BYTES, "inline blob " + id + " does not match its checksum");
    } else if (InlineBytes.decode(id, bytes).length != blob.length()) {
      findings.add(
          Inconsistency.WRONG_INLINE_LENGTH,
          "inline blob " + id + " is not " + blob.length() + " bytes long");
    }
  }

  /** False when they cannot even be read. */
  private boolean blocks(long id, Blob blob) {
    boolean readable = true;
    long onDisk = 0;
    for (DiskExtent extent : blob.disk()) {
      onDisk += extent.length();
      if (extent.end() > superblock.totalBytes() || crossesFiles(extent)) {
        findings.add(
            Inconsistency.BLOCKS_OUTSIDE,
            "blob " + id + ": blocks " + extent + " lie outside the data files or across two");
        readable = false;
        continue;
      }
      try {
        allocator.reserve(extent);
      } catch (IllegalStateException e) {
        findings.add(
            Inconsistency.BLOCKS_USED_TWICE,
            "blob " + id + ": another has some of blocks " + extent);
      }
    }
    if (onDisk != DiskExtent.roundUp(blob.length())) {
      findings.add(
          Inconsistency.WRONG_BLOB_LENGTH,
          "blob " + id + " of " + blob.length() + " bytes has " + onDisk + " on disk");
      readable = false;
    }
    return readable;
  }

  private boolean crossesFiles(DiskExtent extent) {
    return extent.start() / superblock.fileBytes() != (extent.end() - 1) / superblock.fileBytes();
  }

  private void checksums(long id, Blob blob) {
    byte[] stored = db.get(MetadataKeys.checksums(id));
    if (stored == null) {
      findings.add(Inconsistency.MISSING_CHECKSUMS, "blob " + id + " has no checksums");
      return;
    }
    try {
      long length = ChecksumVector.decode(new Decoder(stored)).length();
      if (length != blob.length()) {
        findings.add(
            Inconsistency.WRONG_CHECKSUM_COUNT,
            "blob " + id + " of " + blob.length() + " bytes has checksums of " + length);
      }
    } catch (MalformedInputException | IllegalArgumentException e) {
      findings.add(
          Inconsistency.BAD_CHECKSUM_RECORD, "checksums of blob " + id + ": " + e.getMessage());
    }
  }

  private void beside(byte[] key, boolean inline) {
    long id = MetadataKeys.idOf(key);
    Counted counted = blobs.get(id);
    if (counted == null ? !isDamaged(id) : counted.blob.inline() != inline) {
      findings.add(
          inline ? Inconsistency.STRAY_INLINE_BYTES : Inconsistency.STRAY_CHECKSUMS,
          (inline ? "inline bytes" : "checksums") + " without their blob " + id);
    }
  }

  /** Then nobody knows what belongs to it. */
  private boolean isDamaged(long id) {
    return db.get(MetadataKeys.blob(id)) != null;
  }

  /** An extent of an object points into a blob. */
  void refer(String object, Extent extent) {
    Counted counted = blobs.get(extent.blob());
    if (counted == null) {
      findings.add(
          Inconsistency.MISSING_BLOB,
          object
              + " at "
              + extent.offset()
              + " refers to blob "
              + extent.blob()
              + ", which is not there");
      return;
    }
    counted.references++;
    if (extent.blobOffset() + extent.length() > counted.blob.length()) {
      findings.add(
          Inconsistency.EXTENT_BEYOND_BLOB,
          object + " at " + extent.offset() + " refers beyond the end of blob " + extent.blob());
    }
  }

  /** After all objects have referred. */
  void compareReferences() {
    blobs.forEach(
        (id, counted) -> {
          int stored = counted.blob.references();
          String what = "blob " + id + " counts " + stored + " references, has ";
          if (counted.references == 0) {
            findings.add(Inconsistency.LEAKED_BLOB, what + "none");
          } else if (counted.references != stored) {
            findings.add(Inconsistency.WRONG_REFERENCES, what + counted.references);
          }
        });
  }

  /** Frees what nothing refers to and puts counts right. */
  void repair(MetadataBatch repairs) {
    blobs.forEach(
        (id, counted) -> {
          if (counted.references == 0) {
            repairs.delete(MetadataKeys.blob(id));
            repairs.delete(MetadataKeys.inline(id)).delete(MetadataKeys.checksums(id));
          } else if (counted.references != counted.blob.references()) {
            repairs.put(
                MetadataKeys.blob(id), counted.blob.withReferences(counted.references).encode());
          }
        });
    if (findings.has(Inconsistency.STRAY_CHECKSUMS)) {
      scan(MetadataKeys.CHECKSUMS, (key, value) -> deleteStray(repairs, key, false));
    }
    if (findings.has(Inconsistency.STRAY_INLINE_BYTES)) {
      scan(MetadataKeys.INLINE, (key, value) -> deleteStray(repairs, key, true));
    }
  }

  private void deleteStray(MetadataBatch repairs, byte[] key, boolean inline) {
    long id = MetadataKeys.idOf(key);
    Counted counted = blobs.get(id);
    if (counted == null ? !isDamaged(id) : counted.blob.inline() != inline) {
      repairs.delete(key);
    }
  }

  long maxId() {
    return blobs.keySet().stream().mapToLong(id -> id).max().orElse(0);
  }

  /** Those whose bytes can be read. */
  void forEachOnDisk(BiConsumer<Long, Blob> action) {
    blobs.forEach(
        (id, counted) -> {
          if (counted.readable && !counted.blob.inline()) {
            action.accept(id, counted.blob);
          }
        });
  }

  int count() {
    return blobs.size();
  }

  long usedBytes() {
    return allocator.totalBytes() - allocator.freeBytes();
  }
}
