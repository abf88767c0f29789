package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * A peer refused a connection. (Sluice 0x7004: {@code v1 { le32 osd | le32 nonce }})
 *
 * @param nonce of the life that refused, so that a restarted OSD is not meant
 */
public record OsdFailure(int osd, int nonce) implements Message {
  @Override
  public int type() {
    return MessageType.SLUICE_OSD_FAILURE;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(16);
    int mark = to.begin(1, 1);
    to.le32(osd).le32(nonce).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static OsdFailure decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "OsdFailure");
    OsdFailure failure = new OsdFailure(from.le32(), from.le32());
    from.end(struct);
    return failure;
  }
}
