package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * Asks whether a monitor is there ({@code ceph ping mon.a}); it answers with one that says how it
 * is. (ceph: MPing v1)
 *
 * @param text empty in the question: then there is no front at all
 */
public record MPing(String text) implements Message {
  @Override
  public int type() {
    return MessageType.PING;
  }

  @Override
  public Envelope toEnvelope() {
    byte[] front = text.isEmpty() ? new byte[0] : new Encoder(64).string(text).toByteArray();
    return Envelope.of(type(), 1, 1, 0, front);
  }

  public static MPing decode(int version, byte[] front) {
    return new MPing(front.length == 0 ? "" : new Decoder(front).string());
  }
}
