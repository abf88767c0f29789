package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.Envelope;
import io.sluice.types.PgId;

/**
 * A group cannot serve for a while: its OSD has dropped the operations on it that came over this
 * connection, and drops more until it says {@link #UNBLOCK}; then they are to be sent again. Only
 * Ceph's OSDs send it; ours keep the operations. (ceph: MOSDBackoff v1)
 *
 * <pre>
 * v1 { pg | u8 shard } | le32 epoch | u8 step | le64 id | first object | end
 * </pre>
 *
 * @param id of this request, which answers bear, too
 * @param range which objects of the group; carried
 */
public record MOSDBackoff(PgId pg, int shard, int epoch, int step, long id, Opaque range)
    implements Message {
  public static final int BLOCK = 1;
  public static final int ACK_BLOCK = 2;
  public static final int UNBLOCK = 3;

  @Override
  public int type() {
    return MessageType.OSD_BACKOFF;
  }

  /** The client's answer to {@link #BLOCK}. */
  public MOSDBackoff acknowledged() {
    return new MOSDBackoff(pg, shard, epoch, ACK_BLOCK, id, range);
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = new Encoder(128);
    int mark = to.begin(1, 1);
    pg.encode(to);
    to.u8(shard).end(mark);
    to.le32(epoch).u8(step).le64(id).raw(range.bytes());
    return Envelope.of(type(), 1, 1, 0, to.toByteArray());
  }

  public static MOSDBackoff decode(int version, byte[] front) {
    if (version < 1) {
      throw new MalformedInputException("MOSDBackoff v" + version);
    }
    Decoder from = new Decoder(front);
    Decoder.Struct group = from.begin(1, "spg_t");
    PgId pg = PgId.decode(from);
    int shard = from.u8();
    from.end(group);
    return new MOSDBackoff(
        pg, shard, from.le32(), from.u8(), from.le64(), new Opaque(from.raw(from.remaining())));
  }
}
