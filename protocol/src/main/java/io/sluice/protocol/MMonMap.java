package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/** The monitors of the cluster: an encoded monitor map. (ceph: MMonMap v1: le32 length, bytes) */
public record MMonMap(byte[] monMap) implements Message {
  @Override
  public int type() {
    return MessageType.MON_MAP;
  }

  @Override
  public Envelope toEnvelope() {
    return Envelope.of(type(), 1, 1, 0, new Encoder(monMap.length + 4).blob(monMap).toByteArray());
  }

  public static MMonMap decode(int version, byte[] front) {
    return new MMonMap(new Decoder(front).blob());
  }

  @Override
  public String toString() {
    return "mon_map(" + monMap.length + " bytes)";
  }
}
