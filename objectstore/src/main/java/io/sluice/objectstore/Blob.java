package io.sluice.objectstore;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.util.ArrayList;
import java.util.List;

/**
 * A run of bytes that is written once and then only read, by everyone who has an extent of it. One
 * RocksDB value; its checksums (disk) or bytes (inline) are another, which never changes.
 *
 * <pre>
 * u8 struct_v 1 | u8 struct_compat 1 | le32 length of the rest
 *   | le64 incompatible features, 0 | le64 length in bytes | le32 references
 *   | le32 n | n x { le64 start on disk | le64 length on disk }        n = 0: inline
 * </pre>
 *
 * <p>Byte {@code b} of a disk blob is byte {@code b} of its disk extents put end to end; the last
 * block is padded. An inline blob's value is {@code le32 CRC-32C | bytes}.
 *
 * @param references extents of objects that point into it
 */
record Blob(long length, int references, List<DiskExtent> disk) {
  private static final int STRUCT_V = 1;
  private static final int EXTENT_BYTES = 16;

  Blob {
    disk = List.copyOf(disk);
  }

  boolean inline() {
    return disk.isEmpty();
  }

  Blob withReferences(int count) {
    return new Blob(length, count, disk);
  }

  byte[] encode() {
    Encoder to = new Encoder(32 + disk.size() * EXTENT_BYTES);
    int mark = to.begin(STRUCT_V, STRUCT_V);
    to.le64(0).le64(length).le32(references);
    to.list(disk, (encoder, extent) -> encoder.le64(extent.start()).le64(extent.length()));
    return to.end(mark).toByteArray();
  }

  /**
   * @throws MalformedInputException when the bytes are damaged or of a newer version
   */
  static Blob decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    Decoder.Struct struct = from.begin(STRUCT_V, "blob");
    long incompatible = from.le64();
    if (incompatible != 0) {
      throw new MalformedInputException(
          "blob with unknown features " + Long.toHexString(incompatible));
    }
    long length = from.le64();
    int references = from.le32();
    int count = from.count(EXTENT_BYTES);
    List<DiskExtent> disk = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      long start = from.le64();
      disk.add(extent(start, from.le64()));
    }
    from.end(struct);
    return new Blob(length, references, disk);
  }

  private static DiskExtent extent(long start, long length) {
    try {
      return new DiskExtent(start, length);
    } catch (IllegalArgumentException e) {
      throw new MalformedInputException("blob with a damaged extent: " + e.getMessage());
    }
  }
}
