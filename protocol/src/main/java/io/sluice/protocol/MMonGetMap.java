package io.sluice.protocol;

import io.sluice.types.Envelope;

/** Asks for the {@link MMonMap}; an empty front. (ceph: MMonGetMap v1) */
public record MMonGetMap() implements Message {
  @Override
  public int type() {
    return MessageType.MON_GET_MAP;
  }

  @Override
  public Envelope toEnvelope() {
    return Envelope.of(type(), 1, 1, 0, new byte[0]);
  }
}
