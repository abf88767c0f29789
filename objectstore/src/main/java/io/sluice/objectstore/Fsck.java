package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.bufferlist.Sys;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Checks a store that no daemon has open, and names every inconsistency; changes nothing.
 *
 * <p>Quick: every record decodes; extents of an object are in order, disjoint, within its size and
 * its blobs; every blob has as many references as extents point to it, its blocks lie in the data
 * files and belong to no other blob, its checksums or inline bytes are there; nothing is stored for
 * objects and blobs that are not. Deep: also reads every block and compares its checksum.
 *
 * <p><b>Threads:</b> one.
 */
public final class Fsck {
  private static final long CACHE_BYTES = 32 << 20;
  private static final long BUFFER_BYTES = 8 << 20;

  /** A broken store may have a finding for each object: enough to see what is wrong. */
  private static final int FINDINGS_MAX = 1000;

  /**
   * What was found.
   *
   * @param usedBytes of the data files
   * @param checkedBytes read and compared, deep only
   * @param findings one line each, at most 1,000
   */
  public record Report(
      long collections,
      long objects,
      long blobs,
      long usedBytes,
      long checkedBytes,
      List<String> findings) {
    public boolean clean() {
      return findings.isEmpty();
    }
  }

  private static final class BlobCount {
    final Blob blob;
    int counted;

    BlobCount(Blob blob) {
      this.blob = blob;
    }
  }

  private final Superblock superblock;
  private final MetadataDb db;
  private final DataFiles files;
  private final Allocator allocator;
  private final Map<Long, BlobCount> blobs = new HashMap<>();
  private final Set<CollectionId> collections = new HashSet<>();
  private final Map<Long, Boolean> nodes = new HashMap<>();
  private final List<String> findings = new ArrayList<>();
  private long objects;
  private long checkedBytes;

  private Fsck(Superblock superblock, MetadataDb db, DataFiles files) {
    this.superblock = superblock;
    this.db = db;
    this.files = files;
    this.allocator = new Allocator(superblock.totalBytes(), superblock.fileBytes());
  }

  /**
   * Blocks until everything is checked.
   *
   * @throws StoreException IN_USE while a daemon has the store open, WRONG_STORE when there is
   *     none, CORRUPT or READ_ERROR when it cannot even be opened
   */
  public static Report check(Path dir, boolean deep, Sys sys) throws StoreException {
    Superblock superblock = Mount.readSuperblock(dir);
    StoreLock lock = StoreLock.acquire(sys, dir);
    try {
      Mount.checkDataFiles(dir, superblock);
      try (MetadataDb db = RocksMetadata.openReadOnly(dir.resolve(Mkfs.DATABASE), CACHE_BYTES);
          DataFiles files = DataFiles.open(sys, dir, superblock)) {
        return check(superblock, db, files, deep);
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

  /** Of a store that the caller has open, and nobody changes meanwhile. */
  static Report check(Superblock superblock, MetadataDb db, DataFiles files, boolean deep) {
    return new Fsck(superblock, db, files).run(deep);
  }

  private Report run(boolean deep) {
    scan(MetadataKeys.BLOB, this::blob);
    scan(MetadataKeys.COLLECTION, (key, value) -> collections.add(MetadataKeys.collectionOf(key)));
    scan(MetadataKeys.OBJECT, this::object);
    scan(MetadataKeys.OMAP, this::omap);
    scan(MetadataKeys.CHECKSUMS, (key, value) -> beside(key, false));
    scan(MetadataKeys.INLINE, (key, value) -> beside(key, true));
    blobs.forEach(this::references);
    if (deep) {
      try (DirectBuffers buffers = new DirectBuffers(BUFFER_BYTES)) {
        BlobReader reader = new BlobReader(files, buffers, new CopyMeter(), new StoreCounters());
        blobs.forEach((id, count) -> read(reader, id, count.blob));
      }
    }
    long used = superblock.totalBytes() - allocator.freeBytes();
    return new Report(
        collections.size(), objects, blobs.size(), used, checkedBytes, List.copyOf(findings));
  }

  private interface Check {
    void check(byte[] key, byte[] value);
  }

  private void scan(byte kind, Check check) {
    db.scan(
        new byte[] {kind},
        new byte[] {(byte) (kind + 1)},
        (key, value) -> {
          try {
            check.check(key, value);
          } catch (MalformedInputException | IllegalArgumentException | IllegalStateException e) {
            found(
                "damaged record "
                    + (char) kind
                    + " of "
                    + key.length
                    + " bytes key: "
                    + e.getMessage());
          }
          return true;
        });
  }

  private void found(String what) {
    if (findings.size() < FINDINGS_MAX) {
      findings.add(what);
    }
  }

  private void blob(byte[] key, byte[] value) {
    long id = MetadataKeys.idOf(key);
    Blob blob = Blob.decode(value);
    blobs.put(id, new BlobCount(blob));
    if (blob.inline()) {
      byte[] bytes = db.get(MetadataKeys.inline(id));
      if (bytes == null || !InlineBytes.matches(bytes)) {
        found(
            "inline blob "
                + id
                + (bytes == null ? " has no bytes" : " does not match its checksum"));
      } else if (InlineBytes.decode(id, bytes).length != blob.length()) {
        found("inline blob " + id + " is not " + blob.length() + " bytes long");
      }
      return;
    }
    long onDisk = 0;
    for (DiskExtent extent : blob.disk()) {
      onDisk += extent.length();
      try {
        allocator.reserve(extent);
      } catch (IllegalStateException e) {
        found("blob " + id + ": " + e.getMessage());
      }
    }
    if (onDisk != DiskExtent.roundUp(blob.length())) {
      found("blob " + id + " of " + blob.length() + " bytes has " + onDisk + " on disk");
    }
    byte[] checksums = db.get(MetadataKeys.checksums(id));
    if (checksums == null
        || ChecksumVector.decode(new Decoder(checksums)).length() != blob.length()) {
      found(
          "blob "
              + id
              + (checksums == null ? " has no checksums" : " has checksums of another length"));
    }
  }

  private void object(byte[] key, byte[] value) {
    objects++;
    CollectionId collection = MetadataKeys.collectionOf(key);
    String name = MetadataKeys.objectOf(key) + " in " + collection;
    if (!collections.contains(collection)) {
      found("object " + name + ": no such collection");
    }
    Onode onode = Onode.decode(value);
    if (nodes.put(onode.node, onode.omap) != null) {
      found("object " + name + " has the node id of another, " + onode.node);
    }
    long end = 0;
    for (Extent extent : onode.extents.all()) {
      if (extent.offset() < end) {
        found("object " + name + ": extents overlap at " + extent.offset());
      }
      end = extent.end();
      reference(name, extent);
    }
    if (end > onode.size) {
      found("object " + name + " of " + onode.size + " bytes has extents to " + end);
    }
  }

  private void reference(String name, Extent extent) {
    BlobCount count = blobs.get(extent.blob());
    if (count == null) {
      found(
          "object "
              + name
              + " at "
              + extent.offset()
              + " refers to blob "
              + extent.blob()
              + ", which is not there");
      return;
    }
    count.counted++;
    if (extent.blobOffset() + extent.length() > count.blob.length()) {
      found(
          "object "
              + name
              + " at "
              + extent.offset()
              + " refers beyond the end of blob "
              + extent.blob());
    }
  }

  private void omap(byte[] key, byte[] value) {
    Boolean expected = nodes.get(MetadataKeys.idOf(key));
    if (expected == null) {
      found("omap key under node " + MetadataKeys.idOf(key) + ", which no object has");
    } else if (!expected) {
      found("omap key under node " + MetadataKeys.idOf(key) + ", whose object says it has none");
    }
  }

  private void beside(byte[] key, boolean inline) {
    BlobCount count = blobs.get(MetadataKeys.idOf(key));
    if (count == null || count.blob.inline() != inline) {
      found(
          (inline ? "inline bytes" : "checksums")
              + " without their blob "
              + MetadataKeys.idOf(key));
    }
  }

  private void references(long id, BlobCount count) {
    if (count.counted != count.blob.references()) {
      String leak = count.counted == 0 ? " (leaked)" : "";
      found(
          "blob "
              + id
              + " counts "
              + count.blob.references()
              + " references, has "
              + count.counted
              + leak);
    }
  }

  private void read(BlobReader reader, long id, Blob blob) {
    byte[] stored = blob.inline() ? null : db.get(MetadataKeys.checksums(id));
    if (stored == null) {
      return;
    }
    ChecksumVector checksums = ChecksumVector.decode(new Decoder(stored));
    try {
      for (long at = 0; at < blob.length(); at += BlobReader.CHUNK_BYTES) {
        long count = Math.min(BlobReader.CHUNK_BYTES, blob.length() - at);
        try (BufferList chunk = new BufferList()) {
          reader.read(new BlobReader.Range(blob, checksums, at, count, at), "blob " + id, chunk);
        }
        checkedBytes += count;
      }
    } catch (StoreException | RuntimeException e) {
      found(e.getMessage());
    }
  }
}
