package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.PgId;
import java.util.List;

/**
 * What the monitor says of one placement group.
 *
 * <pre>
 * v1 { pg_t | le32 intervalSince | list&lt;le32&gt; up | list&lt;le32&gt; acting | le32 primary | list&lt;le32&gt; current }
 * </pre>
 *
 * @param intervalSince first epoch with this up, acting and primary
 * @param primary of acting, -1 for nobody
 * @param current OSDs that hold everything acknowledged, ascending
 */
public record PgEntry(
    PgId pg,
    int intervalSince,
    List<Integer> up,
    List<Integer> acting,
    int primary,
    List<Integer> current) {

  public PgEntry {
    up = List.copyOf(up);
    acting = List.copyOf(acting);
    current = current.stream().sorted().distinct().toList();
  }

  /** The same, of an interval that begins with that epoch. */
  PgEntry since(int epoch) {
    return new PgEntry(pg, epoch, up, acting, primary, current);
  }

  /** True when every acting OSD holds everything acknowledged: the group may serve. */
  public boolean actingIsCurrent() {
    return !acting.isEmpty() && current.containsAll(acting);
  }

  /** True when somebody of up has to be recovered. */
  public boolean hasStaleUp() {
    return !current.containsAll(up);
  }

  public void encode(Encoder to) {
    int mark = to.begin(1, 1);
    pg.encode(to);
    to.le32(intervalSince);
    to.list(up, Encoder::le32)
        .list(acting, Encoder::le32)
        .le32(primary)
        .list(current, Encoder::le32);
    to.end(mark);
  }

  public static PgEntry decode(Decoder from) {
    Decoder.Struct struct = from.begin(1, "PgEntry");
    PgId pg = PgId.decode(from);
    int since = from.le32();
    List<Integer> up = from.list(Decoder::le32);
    List<Integer> acting = from.list(Decoder::le32);
    int primary = from.le32();
    List<Integer> current = from.list(Decoder::le32);
    from.end(struct);
    return new PgEntry(pg, since, up, acting, primary, current);
  }
}
