package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.MalformedInputException;
import java.util.HashSet;
import java.util.Set;

/**
 * The part of {@link Fsck} that reads every block of the data files and compares its checksum; it
 * goes on behind a bad one, and says which objects it belongs to. <b>Threads:</b> one.
 */
final class FsckData {
  private static final long BUFFER_BYTES = 8 << 20;

  private final MetadataDb db;
  private final DataFiles files;
  private final FsckBlobs blobs;
  private final FsckFindings findings;
  private final CopyMeter meter;
  private final Set<Long> damaged = new HashSet<>();
  private long checkedBytes;

  FsckData(
      MetadataDb db, DataFiles files, FsckBlobs blobs, FsckFindings findings, CopyMeter meter) {
    this.db = db;
    this.files = files;
    this.blobs = blobs;
    this.findings = findings;
    this.meter = meter;
  }

  /** Bytes read and compared. Blocks until all are. */
  long read() {
    try (DirectBuffers buffers = new DirectBuffers(BUFFER_BYTES)) {
      BlobReader reader = new BlobReader(files, buffers, meter, new StoreCounters());
      blobs.forEachOnDisk((id, blob) -> read(reader, id, blob));
    }
    return checkedBytes;
  }

  private void read(BlobReader reader, long id, Blob blob) {
    byte[] stored = db.get(MetadataKeys.checksums(id));
    if (stored == null) {
      return;
    }
    ChecksumVector checksums;
    try {
      checksums = ChecksumVector.decode(new Decoder(stored));
    } catch (MalformedInputException | IllegalArgumentException e) {
      return; // named before
    }
    if (checksums.length() != blob.length()) {
      return;
    }
    for (long at = 0; at < blob.length(); at += BlobReader.CHUNK_BYTES) {
      long count = Math.min(BlobReader.CHUNK_BYTES, blob.length() - at);
      try (BufferList chunk = new BufferList()) {
        reader.read(new BlobReader.Range(blob, checksums, at, count, at), "blob " + id, chunk);
        checkedBytes += count;
      } catch (StoreException e) {
        boolean wrong = e.kind() == StoreException.Kind.CORRUPT;
        findings.add(
            wrong ? Inconsistency.WRONG_CHECKSUM : Inconsistency.UNREADABLE_BLOCKS,
            e.getMessage() + owner(id));
      }
    }
  }

  /** The first object that refers to the blob, for the message. */
  private String owner(long blob) {
    if (!damaged.add(blob)) {
      return "";
    }
    String[] found = {""};
    db.scan(
        new byte[] {MetadataKeys.OBJECT},
        new byte[] {MetadataKeys.OBJECT + 1},
        (key, value) -> {
          Onode onode = decoded(value);
          if (onode != null
              && onode.extents.all().stream().anyMatch(extent -> extent.blob() == blob)) {
            found[0] =
                ", of object "
                    + MetadataKeys.objectOf(key)
                    + " in "
                    + MetadataKeys.collectionOf(key);
          }
          return found[0].isEmpty();
        });
    return found[0];
  }

  private static Onode decoded(byte[] value) {
    try {
      return Onode.decode(value);
    } catch (MalformedInputException | IllegalArgumentException e) {
      return null; // named before
    }
  }
}
