package io.sluice.messenger;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;

/**
 * The first 32 bytes of every frame. (ceph: preamble_block_t)
 *
 * <pre>
 * u8 tag | u8 segments | 4 x { le32 length | le16 alignment } | 2 reserved | le32 crc32c of the 28 (seed 0)
 * </pre>
 *
 * <p><b>Invariants:</b> every length is within its bound of {@link MessengerLimits}, checked before
 * anything is allocated.
 *
 * @param segments 1 to 4
 * @param lengths of the four segments, 0 for those not there
 */
record Preamble(int tag, int segments, int[] lengths) {
  static final int BYTES = 32;
  static final int SEGMENTS_MAX = 4;

  private static final int CHECKED_BYTES = 28;
  private static final int[] ALIGNMENTS = {8, 8, 8, 4096};

  static Preamble control(int tag, int length) {
    return new Preamble(tag, 1, new int[] {length, 0, 0, 0});
  }

  /**
   * Of a message with parts of these sizes; empty segments at the end are left out, as Ceph does.
   */
  static Preamble message(int front, int middle, int data) {
    int segments = data > 0 ? 4 : middle > 0 ? 3 : front > 0 ? 2 : 1;
    return new Preamble(
        Tag.MESSAGE, segments, new int[] {MessageHeader.BYTES, front, middle, data});
  }

  void encode(Encoder to) {
    int start = to.length();
    to.u8(tag).u8(segments);
    for (int i = 0; i < SEGMENTS_MAX; i++) {
      to.le32(lengths[i]).le16(i < segments ? ALIGNMENTS[i] : 0);
    }
    to.zeros(2);
    to.le32(to.crc32c(0, start));
    assert to.length() - start == BYTES;
  }

  static Preamble decode(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    int tag = from.u8();
    int segments = from.u8();
    int[] lengths = new int[SEGMENTS_MAX];
    for (int i = 0; i < SEGMENTS_MAX; i++) {
      lengths[i] = from.le32();
      from.skip(2);
    }
    from.skip(2);
    int crc = from.le32();
    if (crc != Crc32c.update(0, bytes, 0, CHECKED_BYTES)) {
      throw new MalformedInputException("preamble with a wrong checksum");
    }
    Preamble preamble = new Preamble(tag, segments, lengths);
    preamble.check();
    return preamble;
  }

  private void check() {
    if (!Tag.known(tag)) {
      throw new MalformedInputException("frame of unknown tag " + tag);
    }
    if (tag == Tag.MESSAGE) {
      checkMessage();
    } else if (segments != 1) {
      throw new MalformedInputException(Tag.name(tag) + " frame of " + segments + " segments");
    } else {
      bound("segment of a " + Tag.name(tag) + " frame", lengths[0], MessengerLimits.CONTROL_MAX);
    }
  }

  private void checkMessage() {
    if (segments < 1 || segments > SEGMENTS_MAX) {
      throw new MalformedInputException("message of " + segments + " segments");
    }
    for (int i = segments; i < SEGMENTS_MAX; i++) {
      if (lengths[i] != 0) {
        throw new MalformedInputException(
            "message of " + segments + " segments with bytes in another");
      }
    }
    if (lengths[0] != MessageHeader.BYTES) {
      throw new MalformedInputException(
          "message header of " + Integer.toUnsignedString(lengths[0]) + " bytes");
    }
    bound("front", lengths[1], MessengerLimits.FRONT_MAX);
    bound("middle", lengths[2], MessengerLimits.MIDDLE_MAX);
    bound("data", lengths[3], MessengerLimits.DATA_MAX);
  }

  private static void bound(String what, int length, int most) {
    if (length < 0 || length > most) {
      throw new MalformedInputException(
          what + " of " + Integer.toUnsignedString(length) + " bytes, " + most + " allowed");
    }
  }

  int front() {
    return lengths[1];
  }

  int middle() {
    return lengths[2];
  }

  int data() {
    return lengths[3];
  }

  @Override
  public String toString() {
    return Tag.name(tag) + " " + lengths[0] + "+" + front() + "+" + middle() + "+" + data();
  }
}
