package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * A monitor that does not lead asks the one that does to pass on what OSDs report: {@link
 * OsdStats}, as they come. (Sluice 0x700b: {@code v1 { string who asks }})
 */
public record ReportsSubscribe(String monitor) implements Message {
  @Override
  public int type() {
    return MessageType.SLUICE_REPORTS_SUBSCRIBE;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(32);
    int mark = to.begin(1, 1);
    to.string(monitor).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static ReportsSubscribe decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "ReportsSubscribe");
    ReportsSubscribe wish = new ReportsSubscribe(from.string());
    from.end(struct);
    return wish;
  }
}
