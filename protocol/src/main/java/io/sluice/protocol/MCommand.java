package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.List;
import java.util.UUID;

/**
 * A command for one daemon that is no monitor, as {@code ceph tell} sends it: JSON in one word.
 * (ceph: MCommand v1)
 *
 * <pre>
 * 16 bytes fsid | le32 n, n x string word
 * </pre>
 */
public record MCommand(long tid, UUID fsid, List<String> words) implements Message {
  @Override
  public int type() {
    return MessageType.COMMAND;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = Fsid.encode(new Encoder(), fsid);
    return Envelope.of(type(), 1, 0, tid, to.list(words, Encoder::string).toByteArray());
  }

  public static MCommand decode(long tid, byte[] front) {
    Decoder from = new Decoder(front);
    return new MCommand(tid, Fsid.decode(from), from.list(Decoder::string));
  }
}
