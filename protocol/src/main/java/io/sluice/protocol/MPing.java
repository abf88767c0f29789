package io.sluice.protocol;

import io.sluice.types.Envelope;

/** Nothing to say. (ceph: MPing v1) */
public record MPing() implements Message {
  @Override
  public int type() {
    return MessageType.PING;
  }

  @Override
  public Envelope toEnvelope() {
    return Envelope.of(type(), 1, 1, 0, new byte[0]);
  }
}
