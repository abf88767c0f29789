package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.PgId;

/**
 * What a message between OSDs belongs to: a placement group, an interval of it, and one round of
 * peering within the interval. A receiver in another interval or a later round drops the message.
 *
 * <pre>
 * pg_t | le32 interval | le32 round
 * </pre>
 *
 * @param interval the epoch since which up, acting and primary are what they are
 * @param round counts the primary's attempts to peer within the interval, from 1
 */
public record PeerScope(PgId pg, int interval, int round) {
  void encode(Encoder to) {
    pg.encode(to);
    to.le32(interval).le32(round);
  }

  static PeerScope decode(Decoder from) {
    PgId pg = PgId.decode(from);
    int interval = from.le32();
    return new PeerScope(pg, interval, from.le32());
  }

  @Override
  public String toString() {
    return pg + "@" + interval + "." + round;
  }
}
