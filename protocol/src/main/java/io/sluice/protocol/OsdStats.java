package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.List;

/**
 * What an OSD says of its store and of the groups that it is primary of, every few seconds. (Sluice
 * 0x7009: {@code v1 { le32 osd | le64 total | le64 free | le32 n, n x PgStats }})
 *
 * @param totalBytes of the store
 * @param freeBytes of the store
 */
public record OsdStats(int osd, long totalBytes, long freeBytes, List<PgStats> groups)
    implements Message {
  public OsdStats {
    groups = List.copyOf(groups);
  }

  @Override
  public int type() {
    return MessageType.SLUICE_OSD_STATS;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(64 + 160 * groups.size());
    int mark = to.begin(1, 1);
    to.le32(osd).le64(totalBytes).le64(freeBytes).list(groups, (out, pg) -> pg.encode(out));
    return Envelope.of(type(), 1, 1, 0, to.end(mark).toByteArray());
  }

  public static OsdStats decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "OsdStats");
    OsdStats stats =
        new OsdStats(from.le32(), from.le64(), from.le64(), from.list(PgStats::decode));
    from.end(struct);
    return stats;
  }
}
