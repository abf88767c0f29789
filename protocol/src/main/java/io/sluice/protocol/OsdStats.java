package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import java.util.List;

/**
 * What an OSD says of its store and of the groups that it is primary of, every few seconds. (Sluice
 * 0x7009: {@code v3 { le32 osd | le64 total | le64 free | le32 n, n x PgStats | le32 slow ops |
 * le32 oldest | le64 commit nanos }}; v2 ends before the last)
 *
 * @param totalBytes of the store
 * @param freeBytes of the store
 * @param slowOps operations in hand for longer than anybody should wait
 * @param oldestSeconds how long the oldest of them has been
 * @param commitNanos what the store's commits took since it said so last, their mean; 0 without any
 */
public record OsdStats(
    int osd,
    long totalBytes,
    long freeBytes,
    List<PgStats> groups,
    int slowOps,
    int oldestSeconds,
    long commitNanos)
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
    int mark = to.begin(3, 1);
    to.le32(osd).le64(totalBytes).le64(freeBytes).list(groups, (out, pg) -> pg.encode(out));
    to.le32(slowOps).le32(oldestSeconds).le64(commitNanos);
    return Envelope.of(type(), 1, 1, 0, to.end(mark).toByteArray());
  }

  public static OsdStats decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(3, "OsdStats");
    int osd = from.le32();
    long total = from.le64();
    long free = from.le64();
    List<PgStats> groups = from.list(PgStats::decode);
    boolean told = struct.version() >= 2;
    int slow = told ? from.le32() : 0;
    int oldest = told ? from.le32() : 0;
    long commit = struct.version() >= 3 ? from.le64() : 0;
    OsdStats stats = new OsdStats(osd, total, free, groups, slow, oldest, commit);
    from.end(struct);
    return stats;
  }
}
