package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.Errno;
import io.sluice.protocol.ListCursor;
import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgListing;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;

/**
 * Lists a placement group's objects from a cursor on; result 1 at its end, with the cursor at the
 * next group. (ceph: CEPH_OSD_OP_PGNLS)
 */
final class ListOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    ListCursor cursor = ListCursor.decode(step.reader());
    PgId pg = context.group().id();
    int pgCount = context.group().view().pool(pg).pgNum();
    long asked = step.argument(OpArgs.PgList.class).count();
    int max = (int) (asked <= 0 ? Limits.LISTED_OBJECTS : Math.min(asked, Limits.LISTED_OBJECTS));
    ObjectId from = position(cursor, pg);
    if (from != null && context.group().view().pool(pg).pgOf(from.hash()).seed() != pg.seed()) {
      return Errno.EINVAL.result();
    }
    ObjectStore.Listing page = context.store().list(from, max);
    List<PgListing.Entry> listed = new ArrayList<>();
    String namespace = context.object().namespace();
    for (ObjectId object : page.objects()) {
      boolean wanted =
          namespace.equals(PgListing.ALL_NAMESPACES) || namespace.equals(object.namespace());
      if (wanted && isThere(context, object)) {
        listed.add(new PgListing.Entry(object.namespace(), object.name(), object.key()));
      }
    }
    boolean end = page.next() == null;
    ListCursor next = end ? ListCursor.endOf(pg, pgCount) : ListCursor.at(page.next());
    context.output(step.withData(new PgListing(next, listed).encode()));
    return end ? PgListing.GROUP_DONE : 0;
  }

  /**
   * True for what stands for the object at the snapshot that is listed. As in Ceph, a head that was
   * deleted and is kept for its clones is listed, too.
   */
  private static boolean isThere(OpContext context, ObjectId object) {
    long snap = context.op().request().snapId();
    if (snap == ObjectId.HEAD || snap == ObjectId.SNAPDIR) {
      return object.isHead();
    }
    SnapSet snaps = context.store().snaps(object.toHead());
    return object.isHead()
        ? Long.compareUnsigned(snap, snaps.seq()) > 0
        : snaps.clones().containsKey(object.snap())
            && snaps.clones().get(object.snap()).snaps().contains(snap);
  }

  /**
   * Null for the beginning of the group: clients come with the group's start, or with nothing at
   * all.
   */
  private static ObjectId position(ListCursor cursor, PgId pg) {
    if (cursor.max() || cursor.equals(ListCursor.BEGIN) || cursor.pool() != pg.pool()) {
      return null;
    }
    return cursor.object();
  }
}
