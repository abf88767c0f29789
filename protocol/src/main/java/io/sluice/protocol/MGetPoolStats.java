package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.List;
import java.util.UUID;

/**
 * Asks how full pools are. (ceph: MGetPoolStats v1: paxos header, 16 bytes fsid, le32 n, n x string
 * name)
 */
public record MGetPoolStats(long tid, long mapVersion, UUID fsid, List<String> pools)
    implements Message {
  public MGetPoolStats {
    pools = List.copyOf(pools);
  }

  @Override
  public int type() {
    return MessageType.GET_POOL_STATS;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to =
        Fsid.encode(PaxosHeader.encode(new Encoder(), mapVersion), fsid)
            .list(pools, Encoder::string);
    return Envelope.of(type(), 1, 1, tid, to.toByteArray());
  }

  public static MGetPoolStats decode(int version, long tid, byte[] front) {
    Decoder from = new Decoder(front);
    long mapVersion = PaxosHeader.decode(from);
    return new MGetPoolStats(tid, mapVersion, Fsid.decode(from), from.list(Decoder::string));
  }
}
