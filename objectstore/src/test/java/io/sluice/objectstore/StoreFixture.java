package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A store with the collection {@link #PG}, and short words for what contracts do to it. */
interface StoreFixture {
  CollectionId PG = new CollectionId(new PgId(3, 5));
  CollectionId OTHER = new CollectionId(new PgId(3, 6));
  ObjectId A = ObjectStoreContract.object("a");
  ObjectId B = ObjectStoreContract.object("b");

  ObjectStore store();

  /** Closes and opens again, where the store outlives that. */
  void reopen() throws Exception;

  default void commit(Transaction transaction) throws Exception {
    assertThat(outcome(transaction)).as("why it was refused").isNull();
  }

  /** Null once committed, or why it was refused. */
  default StoreException outcome(Transaction transaction)
      throws InterruptedException, ExecutionException, TimeoutException {
    CompletableFuture<StoreException> done = new CompletableFuture<>();
    store().commit(transaction, () -> done.complete(null), done::complete);
    return done.get(30, TimeUnit.SECONDS);
  }

  static Transaction transaction(CollectionId collection, Transaction.Op... ops) {
    Transaction transaction = new Transaction(collection);
    Arrays.asList(ops).forEach(transaction::add);
    return transaction;
  }

  default void apply(Transaction.Op... ops) throws Exception {
    commit(transaction(PG, ops));
  }

  default StagedWrite stage(byte[] bytes) throws StoreException {
    return store().claimStage(BufferList.wrap(bytes), null);
  }

  default byte[] read(ObjectId object, long offset, long length) throws Exception {
    return read(PG, object, offset, length);
  }

  default byte[] read(CollectionId collection, ObjectId object, long offset, long length)
      throws Exception {
    try (BufferList bytes =
        store().read(collection, object, offset, length).get(30, TimeUnit.SECONDS)) {
      return bytes.toByteArray(null, null);
    }
  }

  default byte[] whole(ObjectId object) throws Exception {
    return read(PG, object, 0, Long.MAX_VALUE);
  }
}
