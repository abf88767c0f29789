package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OsdOp;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * The object's clones, and its head last. (ceph: obj_list_snap_response_t v2, clone_info v1)
 *
 * <pre>
 * v2 { le32 n, n x v1 { le64 clone | le32 n, n x le64 snap | le32 n, n x {le64 start | le64 length} | le64 size } | le64 seq }
 * </pre>
 */
final class ListSnapsOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    SnapSet snaps = context.snapped().snaps();
    boolean head = context.before() != null;
    Encoder to = new Encoder(64 + 64 * snaps.clones().size());
    int mark = to.begin(2, 1);
    to.le32(snaps.clones().size() + (head ? 1 : 0));
    snaps.clones().forEach((id, clone) -> encode(to, id, clone));
    if (head) {
      encode(to, ObjectId.HEAD, new SnapSet.Clone(context.size(), List.of(), Ranges.NONE));
    }
    to.le64(snaps.seq());
    context.output(step.withData(to.end(mark).toByteArray()));
    return 0;
  }

  private static void encode(Encoder to, long id, SnapSet.Clone clone) {
    List<Long> oldestFirst = new ArrayList<>(clone.snaps());
    Collections.reverse(oldestFirst);
    int mark = to.begin(1, 1);
    to.le64(id).list(oldestFirst, Encoder::le64);
    clone.overlap().encode(to);
    to.le64(clone.size()).end(mark);
  }
}
