package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/** An OSD shuts down cleanly: mark it down now. (Sluice 0x7008: {@code v1 { le32 osd }}) */
public record OsdStopping(int osd) implements Message {
  @Override
  public int type() {
    return MessageType.SLUICE_OSD_STOPPING;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(16);
    int mark = to.begin(1, 1);
    to.le32(osd).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static OsdStopping decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "OsdStopping");
    OsdStopping stopping = new OsdStopping(from.le32());
    from.end(struct);
    return stopping;
  }
}
