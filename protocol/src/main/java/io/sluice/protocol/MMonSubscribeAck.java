package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.UUID;

/** Subscribed. (ceph: MMonSubscribeAck v1: le32 seconds, 16 bytes fsid) */
public record MMonSubscribeAck(int intervalSeconds, UUID fsid) implements Message {
  @Override
  public int type() {
    return MessageType.MON_SUBSCRIBE_ACK;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder().le32(intervalSeconds);
    return Envelope.of(type(), 1, 1, 0, Fsid.encode(to, fsid).toByteArray());
  }

  public static MMonSubscribeAck decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    return new MMonSubscribeAck(from.le32(), Fsid.decode(from));
  }
}
