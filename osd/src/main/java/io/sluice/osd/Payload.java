package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Encoder;

/**
 * The bytes of one write, with what is known of their checksums, so that nobody has to read them
 * again.
 *
 * <p><b>Owns</b> {@code bytes}.
 *
 * @param checksums of the 4 KiB blocks from the first byte on, or null
 * @param crc of the whole (seed -1), or null
 * @param cut where the bytes are instead, when they were handed on as they came; else null
 */
record Payload(BufferList bytes, ChecksumVector checksums, Integer crc, CutThrough cut)
    implements AutoCloseable {
  private static final byte[] NOTHING = {};

  Payload(BufferList bytes, ChecksumVector checksums, Integer crc) {
    this(bytes, checksums, crc, null);
  }

  /** Bytes that were handed on, taken over. */
  static Payload of(CutThrough cut) {
    return new Payload(new BufferList(), null, null, cut);
  }

  static Payload of(BufferList bytes) {
    return new Payload(bytes, null, null);
  }

  long length() {
    return cut == null ? bytes.length() : cut.length();
  }

  /** What goes into the middle segment beside the bytes: the vector, or nothing. */
  byte[] middle() {
    return checksums == null ? NOTHING : encode(checksums);
  }

  /** As it travels. */
  static byte[] encode(ChecksumVector vector) {
    Encoder to = new Encoder(16 + 4 * vector.crcs().length);
    vector.encode(to);
    return to.toByteArray();
  }

  /** The checksum of the whole, from the blocks' where that is all there is; or null. */
  Integer wholeCrc() {
    return crc == null && checksums != null ? Integer.valueOf(checksums.combined(-1)) : crc;
  }

  /** The bytes, the caller's; this payload is empty afterwards. */
  BufferList claimBytes() {
    return new BufferList().claimAppend(bytes);
  }

  @Override
  public void close() {
    bytes.close();
    if (cut != null) {
      cut.drop();
    }
  }
}
