package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.UTime;

/** What the step {@link OpCode#STAT} answers: {@code le64 size in bytes | utime modified}. */
public record ObjectStat(long size, UTime modified) {
  public byte[] encode() {
    Encoder to = new Encoder(16).le64(size);
    modified.encode(to);
    return to.toByteArray();
  }

  public static ObjectStat decode(byte[] payload) {
    Decoder from = new Decoder(payload);
    return new ObjectStat(from.le64(), UTime.decode(from));
  }
}
