package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import io.sluice.types.PgId;

/**
 * The monitor asks a primary to scrub a group. (Sluice 0x700a: {@code v1 { pg | u8 deep | u8 repair
 * }})
 */
public record PgScrub(PgId pg, boolean deep, boolean repair) implements Message {
  @Override
  public int type() {
    return MessageType.SLUICE_PG_SCRUB;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(32);
    int mark = to.begin(1, 1);
    pg.encode(to);
    to.bool(deep).bool(repair).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static PgScrub decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "PgScrub");
    PgScrub scrub = new PgScrub(PgId.decode(from), from.bool(), from.bool());
    from.end(struct);
    return scrub;
  }
}
