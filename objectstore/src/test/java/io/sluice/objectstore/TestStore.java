package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.Sys;
import io.sluice.types.ObjectId;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;

/** A disk store whose system calls, database and end a test can watch and disturb. */
final class TestStore implements AutoCloseable {
  static final long BYTES = 64 << 20;

  /** What happened, in order: data calls, {@code db}, and what the test adds. */
  final List<String> events = Collections.synchronizedList(new ArrayList<>());

  final List<String> stops = Collections.synchronizedList(new ArrayList<>());
  private final CountDownLatch stopped = new CountDownLatch(1);
  final DiskStore store;
  final MetadataDb database;
  volatile boolean databaseFails;
  volatile int batchBytesMax;
  volatile boolean databaseClosed;
  volatile Runnable beforeGet = () -> {};
  volatile Runnable beforeWrite = () -> {};

  private final class Database implements MetadataDb {
    private final MetadataDb real;

    Database(MetadataDb real) {
      this.real = real;
    }

    @Override
    public byte[] get(byte[] key) {
      beforeGet.run();
      return real.get(key);
    }

    @Override
    public void scan(byte[] first, byte[] end, Visitor visitor) {
      real.scan(first, end, visitor);
    }

    @Override
    public void write(MetadataBatch batch) throws IOException {
      events.add("db");
      beforeWrite.run();
      batchBytesMax = Math.max(batchBytesMax, batch.length());
      if (databaseFails) {
        throw new IOException("the database is broken");
      }
      real.write(batch);
    }

    @Override
    public void close() {
      databaseClosed = true;
      real.close();
    }
  }

  private TestStore(
      Path dir, Sys sys, MetadataDb.Opener opener, UnaryOperator<StoreConfig> settings)
      throws StoreException {
    StoreConfig config =
        settings
            .apply(StoreConfig.standard(new CopyMeter()).with(CompactionPolicy.never()))
            .with(RecordingSys.of(sys, events))
            .with(
                (String what, Throwable cause) -> {
                  stops.add(what + ": " + cause.getMessage());
                  stopped.countDown();
                });
    Mount mount = Mount.open(dir, new Mkfs.Identity(DiskStoreTest.FSID, 0), config, opener);
    database = mount.db();
    store = new DiskStore(mount.with(Database::new), config);
  }

  static TestStore create(Path dir, Sys sys) throws Exception {
    Mkfs.make(dir, new Mkfs.Identity(DiskStoreTest.FSID, 0), BYTES, Linux.instance());
    TestStore made = open(dir, sys);
    made.apply(new Transaction.CreateCollection());
    made.events.clear();
    return made;
  }

  static TestStore open(Path dir, Sys sys) throws StoreException {
    return open(dir, sys, RocksMetadata::open, settings -> settings);
  }

  static TestStore open(
      Path dir, Sys sys, MetadataDb.Opener opener, UnaryOperator<StoreConfig> settings)
      throws StoreException {
    return new TestStore(dir, sys, opener, settings);
  }

  /** True once committed; false when the store stopped instead. */
  boolean apply(Transaction.Op... ops) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    commit(
        () -> {
          events.add("callback");
          done.countDown();
        },
        ops);
    for (int waited = 0; waited < 3000; waited++) {
      if (done.await(10, TimeUnit.MILLISECONDS)) {
        return true;
      }
      if (stopped.getCount() == 0) {
        return done.await(50, TimeUnit.MILLISECONDS);
      }
    }
    throw new AssertionError("neither committed nor stopped");
  }

  void commit(Runnable onCommit, Transaction.Op... ops) {
    Transaction transaction = new Transaction(ObjectStoreContract.PG);
    List.of(ops).forEach(transaction::add);
    store.commit(transaction.readHere(), onCommit);
  }

  Transaction.Write write(ObjectId object, long offset, byte[] bytes) throws StoreException {
    return new Transaction.Write(object, offset, store.claimStage(BufferList.wrap(bytes), null));
  }

  byte[] read(ObjectId object, long offset, long length) throws Exception {
    try (BufferList bytes =
        store.read(ObjectStoreContract.PG, object, offset, length).get(30, TimeUnit.SECONDS)) {
      return bytes.toByteArray(null, null);
    }
  }

  @Override
  public void close() {
    store.close();
  }
}
