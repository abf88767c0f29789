package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.List;

/**
 * One epoch as the monitor tells it to OSDs: the OSD map and who holds what. (Sluice 0x7006)
 *
 * <pre>
 * v1 { le32 epoch | blob osdmap | list&lt;PgEntry&gt; }
 * </pre>
 *
 * @param osdMap whole, in Ceph's encoding
 * @param pgs every placement group of the map
 */
public record ClusterMap(int epoch, byte[] osdMap, List<PgEntry> pgs) implements Message {
  public ClusterMap {
    pgs = List.copyOf(pgs);
  }

  @Override
  public int type() {
    return MessageType.SLUICE_CLUSTER_MAP;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(osdMap.length + 64 * pgs.size() + 64);
    int mark = to.begin(1, 1);
    to.le32(epoch).blob(osdMap).list(pgs, (out, pg) -> pg.encode(out)).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static ClusterMap decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "ClusterMap");
    ClusterMap map = new ClusterMap(from.le32(), from.blob(), from.list(PgEntry::decode));
    from.end(struct);
    return map;
  }

  @Override
  public String toString() {
    return "cluster_map(e" + epoch + " " + osdMap.length + " bytes, " + pgs.size() + " pgs)";
  }
}
