package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * Asks which versions of a map there are. (ceph: MMonGetVersion v1: le64 handle, string what)
 *
 * @param handle comes back in the reply
 * @param what "osdmap", "monmap", ...
 */
public record MMonGetVersion(long handle, String what) implements Message {
  @Override
  public int type() {
    return MessageType.MON_GET_VERSION;
  }

  @Override
  public Envelope toEnvelope() {
    return Envelope.of(type(), 1, 1, 0, new Encoder().le64(handle).string(what).toByteArray());
  }

  public static MMonGetVersion decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    return new MMonGetVersion(from.le64(), from.string());
  }
}
