package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OsdOp;
import io.sluice.types.ObjectId;

/**
 * The object's clones: there are no snapshots yet, so that is its head alone. (ceph:
 * obj_list_snap_response_t v2, clone_info v1)
 *
 * <pre>
 * v2 { le32 1, v1 { le64 snap | le32 0 snaps | le32 0 overlaps | le64 size } | le64 seq }
 * </pre>
 */
final class ListSnapsOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    Encoder to = new Encoder(64);
    int mark = to.begin(2, 1);
    to.le32(1);
    int clone = to.begin(1, 1);
    to.le64(ObjectId.HEAD).le32(0).le32(0).le64(context.size());
    to.end(clone).le64(0);
    context.output(step.withData(to.end(mark).toByteArray()));
    return 0;
  }
}
