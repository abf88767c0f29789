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
 */
record Payload(BufferList bytes, ChecksumVector checksums, Integer crc) implements AutoCloseable {
  private static final byte[] NOTHING = {};

  static Payload of(BufferList bytes) {
    return new Payload(bytes, null, null);
  }

  long length() {
    return bytes.length();
  }

  /** What goes into the middle segment beside the bytes: the vector, or nothing. */
  byte[] middle() {
    if (checksums == null) {
      return NOTHING;
    }
    Encoder to = new Encoder(16 + 4 * checksums.crcs().length);
    checksums.encode(to);
    return to.toByteArray();
  }

  /** The checksum of the whole, from the blocks' where that is all there is; or null. */
  Integer wholeCrc() {
    return crc == null && checksums != null ? Integer.valueOf(checksums.combined(-1)) : crc;
  }

  @Override
  public void close() {
    bytes.close();
  }
}
