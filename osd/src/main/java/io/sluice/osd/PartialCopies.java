package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.Transaction;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.List;

/**
 * Where a placement group keeps what has come of objects that are copied to it and are not whole
 * yet: in objects of its own, which no client and no listing sees.
 *
 * <pre>
 * object: no name, key "copy.N", hash = number of the group
 * </pre>
 *
 * <p>Their hash puts them at the beginning of the group's collection, beside the object that holds
 * its log; a daemon that dies leaves them behind, and its next start removes them.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class PartialCopies {
  private static final String KEY = "copy.";
  private static final int PAGE = 64;

  private final PgStore store;
  private final PgId pg;
  private long last;

  PartialCopies(PgStore store, PgId pg) {
    this.store = store;
    this.pg = pg;
  }

  static boolean isPartial(ObjectId object) {
    return PgMeta.isMeta(object) && object.key().startsWith(KEY);
  }

  /** A name that nothing has. */
  ObjectId next() {
    last++;
    return ObjectId.head(pg.pool(), "", KEY + last, "", pg.seed());
  }

  /** Nobody needs it any more. */
  void remove(ObjectId partial) {
    if (store.exists()) {
      remove(List.of(partial));
    }
  }

  private void remove(List<ObjectId> partials) {
    Transaction transaction = new Transaction(store.collection());
    partials.forEach(each -> transaction.add(new Transaction.Remove(each)));
    store.commit(transaction, () -> {});
  }

  /** At start, before any is made: what a daemon that died had of objects that never got whole. */
  void removeLeft(ObjectStore from) {
    List<ObjectId> left = new ArrayList<>();
    ObjectId next = null;
    boolean more = true;
    while (more) {
      ObjectStore.Listing page = from.list(store.collection(), next, PAGE);
      next = page.next();
      more = next != null && next.hash() == pg.seed();
      page.objects().stream().filter(PartialCopies::isPartial).forEach(left::add);
    }
    if (!left.isEmpty()) {
      remove(left);
    }
  }
}
