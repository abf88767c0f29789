package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.UUID;

/**
 * Asks how full the cluster is. (ceph: MStatfs v2, compat 1: paxos header, 16 bytes fsid, u8 given,
 * le64 pool)
 *
 * @param dataPool null for the whole cluster
 */
public record MStatfs(long tid, long mapVersion, UUID fsid, Long dataPool) implements Message {
  @Override
  public int type() {
    return MessageType.STATFS;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to =
        Fsid.encode(PaxosHeader.encode(new Encoder(), mapVersion), fsid).bool(dataPool != null);
    if (dataPool != null) {
      to.le64(dataPool);
    }
    return Envelope.of(type(), 2, 1, tid, to.toByteArray());
  }

  public static MStatfs decode(int version, long tid, byte[] front) {
    Decoder from = new Decoder(front);
    long mapVersion = PaxosHeader.decode(from);
    UUID fsid = Fsid.decode(from);
    Long dataPool = version >= 2 && from.bool() ? Long.valueOf(from.le64()) : null;
    return new MStatfs(tid, mapVersion, fsid, dataPool);
  }
}
