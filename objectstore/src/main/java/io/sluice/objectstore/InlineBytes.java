package io.sluice.objectstore;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Encoder;
import java.util.Arrays;

/**
 * The value of an inline blob: {@code le32 CRC-32C of the bytes | bytes}, as {@link
 * MetadataBatch#putChecked} writes it.
 */
final class InlineBytes {
  static final int CRC_BYTES = 4;

  private InlineBytes() {}

  /**
   * @throws IllegalStateException when the value is missing or damaged
   */
  static byte[] decode(long blob, byte[] value) {
    if (value == null || !matches(value)) {
      throw new IllegalStateException(
          "inline blob " + blob + (value == null ? " is missing" : " is damaged"));
    }
    return Arrays.copyOfRange(value, CRC_BYTES, value.length);
  }

  /** True when it is a checksum and the bytes that it is of. */
  static boolean matches(byte[] value) {
    if (value.length < CRC_BYTES) {
      return false;
    }
    int crc = Crc32c.update(Crc32c.SEED, value, CRC_BYTES, value.length - CRC_BYTES);
    return Arrays.equals(new Encoder(CRC_BYTES).le32(crc).toByteArray(), 0, 4, value, 0, CRC_BYTES);
  }
}
