package io.sluice.messenger;

import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import java.nio.charset.StandardCharsets;

/** What both ends say first: {@code "ceph v2\n" | le16 length | le64 supported | le64 required}. */
final class Banner {
  static final int PREFIX_BYTES = 10;
  private static final byte[] MAGIC = "ceph v2\n".getBytes(StandardCharsets.US_ASCII);
  private static final byte[] MAGIC_V1 = "ceph v02".getBytes(StandardCharsets.US_ASCII);
  private static final int WORDS = 16;

  private Banner() {}

  static byte[] encode() {
    return new Encoder(PREFIX_BYTES + WORDS)
        .raw(MAGIC)
        .le16(WORDS)
        .le64(MessengerFeatures.BANNER_SUPPORTED)
        .le64(MessengerFeatures.BANNER_REQUIRED)
        .toByteArray();
  }

  /** The length of the body that follows the prefix. */
  static int bodyLength(byte[] prefix) {
    if (!startsWith(prefix, MAGIC)) {
      throw new MalformedInputException(
          startsWith(prefix, MAGIC_V1)
              ? "peer speaks msgr v1, only v2 is spoken here"
              : "not a msgr v2 banner");
    }
    int length = (prefix[MAGIC.length] & 0xff) | (prefix[MAGIC.length + 1] & 0xff) << 8;
    if (length < WORDS || length > MessengerLimits.BANNER_BODY_MAX) {
      throw new MalformedInputException("banner of " + length + " bytes");
    }
    return length;
  }

  private static boolean startsWith(byte[] bytes, byte[] start) {
    for (int i = 0; i < start.length; i++) {
      if (bytes[i] != start[i]) {
        return false;
      }
    }
    return true;
  }
}
