package io.sluice.objectstore;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/**
 * A long life of a store, made by chance from a seed, with everything compared with a {@link
 * StoreModel}: transactions under way together, reads of collections in which nothing is, scans,
 * refusals, and now and then a remount.
 *
 * <p><b>Threads:</b> one; the store calls back on its own.
 */
public final class StoreWorkload {
  /** Closes a store and opens it again, checking in between. */
  public interface Remount {
    ObjectStore remount(ObjectStore store) throws Exception;
  }

  private static final int IN_FLIGHT_MAX = 16;
  private static final int PATIENCE_SECONDS = 120;

  /** Of 1,000 steps, as in Ceph's synthetic test where it has the like. */
  private static final int REMOUNTS = 2;

  private static final int REFUSALS = 10;
  private static final int SCANS = 27;
  private static final int READS = 200;

  private final Random random;
  private final StoreModel model;
  private final Remount remount;
  private final Map<CollectionId, Integer> underWay = new HashMap<>();
  private final Map<String, Long> done = new TreeMap<>();
  private ObjectStore store;
  private int inFlight;
  private Throwable failure;

  /**
   * @param store empty; taken over
   * @param remount null = never
   */
  public StoreWorkload(ObjectStore store, long seed, StoreModel.Bounds bounds, Remount remount) {
    this.store = store;
    this.random = new Random(seed);
    this.model = new StoreModel(new Random(seed), bounds);
    this.remount = remount;
  }

  /** The store as it is now: the caller's to close. */
  public ObjectStore store() {
    return store;
  }

  /** How often what was done. */
  public Map<String, Long> done() {
    return done;
  }

  /**
   * Does the next thing. Blocks on the store.
   *
   * @throws StoreModel.Mismatch when the store holds what it should not
   */
  public void step() throws Exception {
    int chance = random.nextInt(1000);
    if (chance < REMOUNTS) {
      if (remount != null) {
        remount();
      }
    } else if (chance < REMOUNTS + REFUSALS) {
      refuse();
    } else if (chance < REMOUNTS + REFUSALS + SCANS) {
      look("scan", collection -> model.compare(store, collection));
    } else if (chance < REMOUNTS + REFUSALS + SCANS + READS) {
      look("read", collection -> model.compareAny(store, collection));
    } else {
      commit(model.next(store), false);
    }
  }

  private interface Look {
    void at(CollectionId collection) throws Exception;
  }

  private void look(String what, Look look) throws Exception {
    List<CollectionId> collections = model.collections();
    if (!collections.isEmpty()) {
      CollectionId collection = collections.get(random.nextInt(collections.size()));
      await(() -> !underWay.containsKey(collection), "an idle " + collection);
      look.at(collection);
      done.merge(what, 1L, Long::sum);
    }
  }

  private void refuse() throws Exception {
    commit(model.refused(store), true);
  }

  private void commit(Transaction transaction, boolean refused) throws Exception {
    await(() -> inFlight < IN_FLIGHT_MAX, "fewer in flight");
    synchronized (this) {
      inFlight++;
      transaction.collections().forEach(each -> underWay.merge(each, 1, Integer::sum));
    }
    for (Transaction.Op op : transaction.ops()) {
      done.merge(op.getClass().getSimpleName(), 1L, Long::sum);
    }
    done.merge(refused ? "refused" : "transactions", 1L, Long::sum);
    store.commit(
        transaction,
        () -> ended(transaction, refused ? new StoreModel.Mismatch("not refused") : null),
        refusal -> ended(transaction, refused ? null : refusal));
  }

  private synchronized void ended(Transaction transaction, Throwable wrong) {
    inFlight--;
    transaction
        .collections()
        .forEach(each -> underWay.merge(each, -1, (n, one) -> n == 1 ? null : n - 1));
    if (wrong != null && failure == null) {
      failure = new StoreModel.Mismatch(wrong.getMessage() + ": " + transaction);
    }
    notifyAll();
  }

  private interface Condition {
    boolean holds();
  }

  private synchronized void await(Condition condition, String what) throws Exception {
    long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(PATIENCE_SECONDS);
    while (!condition.holds() && failure == null) {
      if (System.nanoTime() > end) {
        throw new StoreModel.Mismatch("waited " + PATIENCE_SECONDS + " s for " + what);
      }
      wait(1000);
    }
    if (failure != null) {
      throw new StoreModel.Mismatch(failure.getMessage());
    }
  }

  private void remount() throws Exception {
    await(() -> inFlight == 0, "everything committed");
    store = remount.remount(store);
    done.merge("remounts", 1L, Long::sum);
  }

  /** Compares everything, remounts and compares again, then removes all and looks what is left. */
  public void finish() throws Exception {
    await(() -> inFlight == 0, "everything committed");
    model.compare(store);
    if (remount != null) {
      remount();
      model.compare(store);
    }
    for (CollectionId collection : model.collections()) {
      Transaction transaction = new Transaction(collection);
      commit(transaction.add(new Transaction.RemoveCollection()), false);
    }
    await(() -> inFlight == 0, "everything removed");
    StoreModel.expect(store.collections(), List.of(), "collections at the end");
    if (remount != null) {
      remount();
      ObjectStore.Space space = store.space();
      StoreModel.expect(space.free(), space.total(), "free space at the end");
    }
  }
}
