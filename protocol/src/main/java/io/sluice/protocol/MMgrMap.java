package io.sluice.protocol;

import io.sluice.types.Envelope;

/** The managers of the cluster: the front is an encoded manager map. (ceph: MMgrMap v1) */
public record MMgrMap(byte[] mgrMap) implements Message {
  @Override
  public int type() {
    return MessageType.MGR_MAP;
  }

  @Override
  public Envelope toEnvelope() {
    return Envelope.of(type(), 1, 1, 0, mgrMap);
  }

  public static MMgrMap decode(int version, byte[] front) {
    return new MMgrMap(front);
  }

  @Override
  public String toString() {
    return "mgrmap(" + mgrMap.length + " bytes)";
  }
}
