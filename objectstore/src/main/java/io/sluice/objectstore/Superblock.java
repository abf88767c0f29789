package io.sluice.objectstore;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.UUID;

/**
 * Whose store this is and how it is laid out: the file {@code superblock}, written once, last of
 * all of mkfs, so that a directory without one is not a store yet.
 *
 * <pre>
 * "sluice objectstore\n" (19 bytes)
 *   | u8 struct_v 1 | u8 struct_compat 1 | le32 length of the rest of the struct
 *     | le64 incompatible features, 0 | 16 bytes cluster fsid | le32 osd id | 16 bytes osd uuid
 *     | le32 block size, 4096 | u8 1 = O_DIRECT, 0 = page cache | le32 O_DIRECT alignment in bytes
 *     | le64 size of all data files | le64 size of each but the last
 *   | le32 CRC-32C of everything before it
 * </pre>
 *
 * @param alignment of O_DIRECT in bytes; 1 in buffered mode
 * @param totalBytes of all data files
 * @param fileBytes of each data file but the last
 */
record Superblock(
    UUID fsid,
    int osdId,
    UUID osdUuid,
    boolean direct,
    int alignment,
    long totalBytes,
    long fileBytes) {
  private static final byte[] MAGIC = "sluice objectstore\n".getBytes(StandardCharsets.US_ASCII);
  private static final int STRUCT_V = 1;
  private static final int CRC_BYTES = 4;

  /** Refuses longer files before reading them. */
  static final int BYTES_MAX = 4096;

  byte[] encode() {
    Encoder to = new Encoder().raw(MAGIC);
    int mark = to.begin(STRUCT_V, STRUCT_V);
    to.le64(0);
    uuid(to, fsid).le32(osdId);
    uuid(to, osdUuid)
        .le32(DiskExtent.BLOCK)
        .bool(direct)
        .le32(alignment)
        .le64(totalBytes)
        .le64(fileBytes);
    to.end(mark);
    return to.le32(Crc32c.update(Crc32c.SEED, to.toByteArray())).toByteArray();
  }

  /**
   * @throws MalformedInputException when it is none, damaged, or of a layout this code does not
   *     know
   */
  static Superblock decode(byte[] bytes) {
    if (bytes.length < MAGIC.length + CRC_BYTES
        || !Arrays.equals(bytes, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
      throw new MalformedInputException("not the superblock of a sluice store");
    }
    int end = bytes.length - CRC_BYTES;
    if (new Decoder(bytes, end, CRC_BYTES).le32() != Crc32c.update(Crc32c.SEED, bytes, 0, end)) {
      throw new MalformedInputException("damaged superblock: its checksum does not match");
    }
    Decoder from = new Decoder(bytes, MAGIC.length, end - MAGIC.length);
    Decoder.Struct struct = from.begin(STRUCT_V, "superblock");
    long incompatible = from.le64();
    if (incompatible != 0) {
      throw new MalformedInputException(
          "superblock with unknown features " + Long.toHexString(incompatible));
    }
    UUID fsid = uuid(from);
    int osdId = from.le32();
    UUID osdUuid = uuid(from);
    int block = from.le32();
    if (block != DiskExtent.BLOCK) {
      throw new MalformedInputException("store with blocks of " + block + " bytes");
    }
    boolean direct = from.bool();
    int alignment = from.le32();
    long totalBytes = from.le64();
    Superblock found =
        new Superblock(fsid, osdId, osdUuid, direct, alignment, totalBytes, from.le64());
    from.end(struct);
    return found;
  }

  private static Encoder uuid(Encoder to, UUID uuid) {
    return to.le64(Long.reverseBytes(uuid.getMostSignificantBits()))
        .le64(Long.reverseBytes(uuid.getLeastSignificantBits()));
  }

  private static UUID uuid(Decoder from) {
    long high = Long.reverseBytes(from.le64());
    return new UUID(high, Long.reverseBytes(from.le64()));
  }
}
