package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * Answers {@link MMonGetVersion}. (ceph: MMonGetVersionReply v2: le64 handle, le64 version, le64
 * oldest)
 */
public record MMonGetVersionReply(long handle, long version, long oldestVersion)
    implements Message {
  @Override
  public int type() {
    return MessageType.MON_GET_VERSION_REPLY;
  }

  @Override
  public Envelope toEnvelope() {
    byte[] front = new Encoder().le64(handle).le64(version).le64(oldestVersion).toByteArray();
    return Envelope.of(type(), 2, 2, 0, front);
  }

  public static MMonGetVersionReply decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    return new MMonGetVersionReply(from.le64(), from.le64(), version >= 2 ? from.le64() : 0);
  }
}
