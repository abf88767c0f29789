package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.Envelope;
import io.sluice.types.PgId;
import java.util.List;

/**
 * A primary has given these OSDs everything. (Sluice 0x7005: {@code v1 { pg_t | le32 since |
 * list<le32> }})
 *
 * @param intervalSince the interval in which that happened; a report of another interval counts for
 *     nothing
 */
public record PgRecovered(PgId pg, int intervalSince, List<Integer> current) implements Message {
  public PgRecovered {
    current = List.copyOf(current);
  }

  @Override
  public int type() {
    return MessageType.SLUICE_PG_RECOVERED;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(64);
    int mark = to.begin(1, 1);
    pg.encode(to);
    to.le32(intervalSince).list(current, Encoder::le32).end(mark);
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static PgRecovered decode(int version, byte[] front) {
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "PgRecovered");
    PgRecovered recovered =
        new PgRecovered(PgId.decode(from), from.le32(), from.list(Decoder::le32));
    from.end(struct);
    return recovered;
  }
}
