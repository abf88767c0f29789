package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * The monitor's promise not to mark the OSD down before {@code sentNanos + durationNanos} on the
 * OSD's clock. (Sluice 0x7003: {@code v1 { le64 sent | le64 duration | le32 epoch }})
 *
 * @param sentNanos from the {@link OsdBeacon} it answers
 * @param epoch of the monitor's newest map
 */
public record OsdLease(long sentNanos, long durationNanos, int epoch) implements Message {
  @Override
  public int type() {
    return MessageType.SLUICE_OSD_LEASE;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(32);
    int mark = to.begin(1, 1);
    to.le64(sentNanos).le64(durationNanos).le32(epoch).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray()).withPriority(Envelope.PRIORITY_HIGH);
  }

  public static OsdLease decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "OsdLease");
    OsdLease lease = new OsdLease(from.le64(), from.le64(), from.le32());
    from.end(struct);
    return lease;
  }
}
