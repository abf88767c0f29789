package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.UUID;

/**
 * Answers {@link MPoolOp}. (ceph: MPoolOpReply v1)
 *
 * <pre>
 * paxos header | 16 bytes fsid | le32 result | le32 epoch | u8 more [blob]
 * </pre>
 *
 * @param result 0 or a negative {@link Errno} number
 * @param epoch OSD map that holds the change: the client waits for it
 * @param output empty, or the id of a new snapshot (le64)
 */
public record MPoolOpReply(
    long tid, long mapVersion, UUID fsid, int result, int epoch, byte[] output) implements Message {
  @Override
  public int type() {
    return MessageType.POOL_OP_REPLY;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = Fsid.encode(PaxosHeader.encode(new Encoder(), mapVersion), fsid);
    to.le32(result).le32(epoch).bool(output.length > 0);
    if (output.length > 0) {
      to.blob(output);
    }
    return Envelope.of(type(), 1, 1, tid, to.toByteArray());
  }

  public static MPoolOpReply decode(int version, long tid, byte[] front) {
    Decoder from = new Decoder(front);
    long mapVersion = PaxosHeader.decode(from);
    UUID fsid = Fsid.decode(from);
    int result = from.le32();
    int epoch = from.le32();
    return new MPoolOpReply(
        tid, mapVersion, fsid, result, epoch, from.bool() ? from.blob() : new byte[0]);
  }
}
