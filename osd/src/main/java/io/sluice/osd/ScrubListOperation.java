package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.InconsistentObject;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.ScrubListing;
import io.sluice.types.ObjectId;
import java.util.List;

/**
 * Lists what the group's last scrub found bad. Snapshots' sets are never listed: scrub compares
 * clones as the objects they are. (ceph: CEPH_OSD_OP_SCRUBLS)
 */
final class ScrubListOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    ScrubListing.Query query = ScrubListing.Query.decode(step.reader());
    PlacementGroup group = context.group();
    int interval = group.entry().intervalSince();
    if (query.interval() != 0 && query.interval() != interval) {
      return Errno.EAGAIN.result();
    }
    Inconsistencies last = group.scrubber().found();
    if (!last.isKnown()) {
      return Errno.ENOENT.result();
    }
    ObjectId from =
        ObjectId.head(group.id().pool(), query.namespace(), "", query.name(), 0)
            .withSnap(query.snap());
    List<InconsistentObject> found = query.snapsets() ? List.of() : last.after(from, query.most());
    context.output(step.withData(ScrubListing.encode(interval, found)));
    return 0;
  }
}
