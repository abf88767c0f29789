package io.sluice.messenger;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;

/**
 * Ends a frame of more than one segment. (ceph: epilogue_crc_rev1_block_t)
 *
 * <pre>
 * u8 late_status (low nibble: 0xe complete, 0x1 aborted) | 3 x le32 crc32c of segments 2 to 4 (seed -1; 0 if not there)
 * </pre>
 *
 * @param complete false when the sender gave the frame up: its bytes are to be dropped unseen
 */
record Epilogue(boolean complete, int frontCrc, int middleCrc, int dataCrc) {
  static final int BYTES = 13;

  private static final int COMPLETE = 0xe;
  private static final int ABORTED = 0x1;

  void encode(Encoder to) {
    to.u8(complete ? COMPLETE : ABORTED).le32(frontCrc).le32(middleCrc).le32(dataCrc);
  }

  byte[] encode() {
    Encoder to = new Encoder(BYTES);
    encode(to);
    return to.claimBytes();
  }

  static Epilogue decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    int status = from.u8() & 0xf;
    if (status != COMPLETE && status != ABORTED) {
      throw new MalformedInputException("frame with late status 0x" + Integer.toHexString(status));
    }
    return new Epilogue(status == COMPLETE, from.le32(), from.le32(), from.le32());
  }
}
