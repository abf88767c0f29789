package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.Collections;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;

/**
 * How full pools are. (ceph: MGetPoolStatsReply v2, compat 1)
 *
 * <pre>
 * paxos header | 16 bytes fsid | le32 n, n x { string pool, pool_stat_t } | u8 per_pool
 * </pre>
 *
 * @param perPool clients take the bytes from what the stores count (stored, allocated), not from
 *     the objects; false when the stores do not count per pool
 */
public record MGetPoolStatsReply(
    long tid, long mapVersion, UUID fsid, SortedMap<String, PoolStats> pools, boolean perPool)
    implements Message {
  public MGetPoolStatsReply {
    pools = Collections.unmodifiableSortedMap(new TreeMap<>(pools));
  }

  @Override
  public int type() {
    return MessageType.GET_POOL_STATS_REPLY;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to =
        Fsid.encode(PaxosHeader.encode(new Encoder(), mapVersion), fsid).le32(pools.size());
    for (Map.Entry<String, PoolStats> pool : pools.entrySet()) {
      to.string(pool.getKey());
      pool.getValue().encode(to);
    }
    return Envelope.of(type(), 2, 1, tid, to.bool(perPool).toByteArray());
  }

  public static MGetPoolStatsReply decode(int version, long tid, byte[] front) {
    Decoder from = new Decoder(front);
    long mapVersion = PaxosHeader.decode(from);
    UUID fsid = Fsid.decode(from);
    SortedMap<String, PoolStats> pools = new TreeMap<>();
    int count = from.count(10);
    for (int i = 0; i < count; i++) {
      String name = from.string();
      pools.put(name, PoolStats.decode(from));
    }
    return new MGetPoolStatsReply(tid, mapVersion, fsid, pools, version >= 2 && from.bool());
  }
}
