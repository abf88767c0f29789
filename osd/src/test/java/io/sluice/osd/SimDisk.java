package io.sluice.osd;

import io.sluice.bufferlist.Intercepted;
import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.StoreException;
import io.sluice.objectstore.Transaction;
import io.sluice.types.ObjectId;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A store that cannot read some of its objects, until they are removed or stored anew. */
final class SimDisk {
  private SimDisk() {}

  static ObjectStore of(ObjectStore store, Set<ObjectId> damaged) {
    return Intercepted.of(
        ObjectStore.class,
        store,
        call -> {
          if (call.name().startsWith("read") && damaged.contains((ObjectId) call.argument(1))) {
            return CompletableFuture.failedFuture(
                new StoreException(StoreException.Kind.CORRUPT, "damaged by the test"));
          }
          if (call.name().equals("commit")) {
            heal((Transaction) call.argument(0), damaged);
          }
          return call.proceed();
        });
  }

  private static void heal(Transaction transaction, Set<ObjectId> damaged) {
    for (Transaction.Op op : transaction.ops()) {
      if (op instanceof Transaction.Remove gone) {
        damaged.remove(gone.object());
      }
    }
  }
}
