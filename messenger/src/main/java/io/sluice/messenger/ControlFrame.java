package io.sluice.messenger;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Encoder;

/**
 * Frames of one segment, which carry everything but messages.
 *
 * <pre>
 * preamble | segment | le32 crc32c of the segment (seed -1); neither when the segment is empty
 * </pre>
 */
final class ControlFrame {
  private ControlFrame() {}

  static byte[] encode(int tag, Encoder payload) {
    byte[] segment = payload.toByteArray();
    Encoder frame = new Encoder(Preamble.BYTES + segment.length + 4);
    Preamble.control(tag, segment.length).encode(frame);
    if (segment.length > 0) {
      frame.raw(segment).le32(Crc32c.update(Crc32c.SEED, segment));
    }
    return frame.toByteArray();
  }
}
