package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.StoreException;
import io.sluice.objectstore.Transaction;
import io.sluice.types.ObjectId;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.util.Set;
import java.util.concurrent.CompletableFuture;

/** A store that cannot read some of its objects, until they are removed or stored anew. */
final class SimDisk {
  private SimDisk() {}

  static ObjectStore of(ObjectStore store, Set<ObjectId> damaged) {
    return (ObjectStore)
        Proxy.newProxyInstance(
            ObjectStore.class.getClassLoader(),
            new Class<?>[] {ObjectStore.class},
            (proxy, method, arguments) -> {
              boolean reads = method.getName().startsWith("read");
              if (reads && damaged.contains((ObjectId) arguments[1])) {
                return CompletableFuture.failedFuture(
                    new StoreException(StoreException.Kind.CORRUPT, "damaged by the test"));
              }
              if (method.getName().equals("commit")) {
                heal((Transaction) arguments[0], damaged);
              }
              try {
                return method.invoke(store, arguments);
              } catch (InvocationTargetException e) {
                throw e.getCause();
              }
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
