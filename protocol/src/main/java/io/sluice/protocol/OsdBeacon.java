package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * An OSD is still there and asks for its lease. (Sluice 0x7002: {@code v1 { le32 osd | le32 epoch |
 * le64 sent }})
 *
 * @param epoch of the newest map it has
 * @param sentNanos the OSD's monotonic clock, echoed in the {@link OsdLease}
 */
public record OsdBeacon(int osd, int epoch, long sentNanos) implements Message {
  @Override
  public int type() {
    return MessageType.SLUICE_OSD_BEACON;
  }

  /** Goes before bulk messages: a late beacon costs the lease. */
  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(32);
    int mark = to.begin(1, 1);
    to.le32(osd).le32(epoch).le64(sentNanos).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray()).withPriority(Envelope.PRIORITY_HIGH);
  }

  public static OsdBeacon decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "OsdBeacon");
    OsdBeacon beacon = new OsdBeacon(from.le32(), from.le32(), from.le64());
    from.end(struct);
    return beacon;
  }
}
