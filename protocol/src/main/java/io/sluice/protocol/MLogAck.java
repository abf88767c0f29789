package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.UUID;

/**
 * A daemon's lines are in the cluster's log. (ceph: MLogAck v1: 16 bytes fsid, le64 last, string
 * channel)
 *
 * @param last sequence number of the last line that is
 */
public record MLogAck(UUID fsid, long last, String channel) implements Message {
  @Override
  public int type() {
    return MessageType.LOG_ACK;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = Fsid.encode(new Encoder(), fsid).le64(last).string(channel);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static MLogAck decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    return new MLogAck(Fsid.decode(from), from.le64(), from.string());
  }
}
