package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.Envelope;
import java.util.UUID;

/**
 * Creates or deletes a pool or a snapshot, as librados asks for it. (ceph: MPoolOp v4, compat 2)
 *
 * <pre>
 * paxos header | 16 bytes fsid | le32 pool | le32 op | le64 0 | le64 snapid | string name | u8 0 | le16 crush_rule
 * </pre>
 *
 * @param mapVersion newest OSD map the sender has seen
 * @param op {@link #CREATE} and others below
 * @param name of the pool to create, or of the snapshot
 */
public record MPoolOp(
    long tid, long mapVersion, UUID fsid, int pool, int op, long snapId, String name, int crushRule)
    implements Message {
  public static final int CREATE = 0x01;
  public static final int DELETE = 0x02;
  public static final int CREATE_SNAP = 0x11;
  public static final int DELETE_SNAP = 0x12;
  public static final int CREATE_UNMANAGED_SNAP = 0x21;
  public static final int DELETE_UNMANAGED_SNAP = 0x22;
  private static final int VERSION = 4;

  @Override
  public int type() {
    return MessageType.POOL_OP;
  }

  @Override
  public Envelope toEnvelope() {
    Encoder to = Fsid.encode(PaxosHeader.encode(new Encoder(), mapVersion), fsid);
    to.le32(pool).le32(op).le64(0).le64(snapId).string(name).u8(0).le16(crushRule);
    return Envelope.of(type(), VERSION, 2, tid, to.toByteArray());
  }

  public static MPoolOp decode(int version, long tid, byte[] front) {
    if (version < VERSION) {
      throw new MalformedInputException("MPoolOp v" + version);
    }
    Decoder from = new Decoder(front);
    long mapVersion = PaxosHeader.decode(from);
    UUID fsid = Fsid.decode(from);
    int pool = from.le32();
    int op = from.le32();
    from.skip(8);
    long snapId = from.le64();
    String name = from.string();
    from.skip(1);
    return new MPoolOp(tid, mapVersion, fsid, pool, op, snapId, name, (short) from.le16());
  }
}
