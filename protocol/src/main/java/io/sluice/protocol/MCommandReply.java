package io.sluice.protocol;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;

/**
 * The answer to {@link MCommand}; the command's output is the data. (ceph: MCommandReply v1)
 *
 * <pre>
 * le32 result | string what it says beside its output
 * </pre>
 */
public record MCommandReply(long tid, int result, String status) implements Message {
  @Override
  public int type() {
    return MessageType.COMMAND_REPLY;
  }

  @Override
  public Envelope toEnvelope() {
    return toEnvelope(new byte[0]);
  }

  public Envelope toEnvelope(byte[] output) {
    Encoder to = new Encoder(16).le32(result).string(status);
    return Envelope.of(type(), 1, 0, tid, to.toByteArray())
        .claimData(BufferList.wrap(output), new byte[0], null);
  }

  public static MCommandReply decode(long tid, byte[] front) {
    Decoder from = new Decoder(front);
    return new MCommandReply(tid, from.le32(), from.string());
  }
}
