package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.PgId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.List;

/**
 * The bytes of a {@link MOSDOp} but for its data segment. (ceph: MOSDOp v8)
 *
 * <pre>
 * spg_t pg | le32 hash | le32 epoch | le32 flags | osd_reqid_t reqid | blkin trace 3 x le64
 * le32 client_inc | utime mtime | object_locator_t | string oid | le16 n, n x ceph_osd_op
 * le64 snapid | le64 snap_seq | le32 n, n x le64 snaps | le32 retry_attempt | le64 features
 * </pre>
 */
final class MOSDOpFront {
  private MOSDOpFront() {}

  static byte[] encode(MOSDOp op) {
    Encoder to = new Encoder(256 + op.ops().size() * OsdOp.BYTES);
    int mark = to.begin(1, 1);
    op.pg().encode(to);
    to.u8(op.shard());
    to.end(mark);
    to.le32(op.hash()).le32(op.epoch()).le32(op.flags());
    op.explicitId().encode(to);
    op.trace().encode(to);
    to.le32(op.clientIncarnation());
    op.mtime().encode(to);
    op.locator().encode(to);
    to.string(op.oid()).le16(op.ops().size());
    op.ops().forEach(step -> step.encode(to));
    to.le64(op.snapId());
    op.snaps().encode(to);
    return to.le32(op.retryAttempt()).le64(op.features()).toByteArray();
  }

  static MOSDOp decode(int version, long tid, byte[] front) {
    if (version != MOSDOp.VERSION) {
      throw new MalformedInputException(
          "MOSDOp v" + version + ", only v" + MOSDOp.VERSION + " is spoken");
    }
    MOSDOpDraft op = new MOSDOpDraft();
    op.tid = tid;
    Decoder from = new Decoder(front);
    Decoder.Struct struct = from.begin(1, "spg_t");
    op.pg = PgId.decode(from);
    op.shard = (byte) from.u8();
    from.end(struct);
    op.hash = from.le32();
    op.epoch = from.le32();
    op.flags = from.le32();
    op.explicitId = RequestId.decode(from);
    op.trace = TraceInfo.decode(from);
    op.clientIncarnation = from.le32();
    op.mtime = UTime.decode(from);
    op.locator = ObjectLocator.decode(from);
    op.oid = from.string();
    op.ops = decodeOps(from);
    op.snapId = from.le64();
    op.snaps = SnapContext.decode(from);
    op.retryAttempt = from.le32();
    op.features = from.le64();
    return op.done();
  }

  private static List<OsdOp> decodeOps(Decoder from) {
    int count = from.le16();
    List<OsdOp> ops = new ArrayList<>(Math.min(count, from.remaining() / OsdOp.BYTES));
    for (int i = 0; i < count; i++) {
      ops.add(OsdOp.decode(from));
    }
    return ops;
  }
}
