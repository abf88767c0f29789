package io.sluice.objectstore;

import static io.sluice.objectstore.ObjectStoreContract.A;
import static io.sluice.objectstore.ObjectStoreContract.PG;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import io.sluice.types.ObjectId;
import java.io.ByteArrayOutputStream;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** A store with pipes, and objects in it that are read piece by piece. */
@ExtendWith(NoLeaks.class)
abstract class LazyReads {
  static final int MIB = 1 << 20;
  static final int PIPES = 16;

  @TempDir Path dir;
  final CopyMeter meter = new CopyMeter();

  /** Of the pipes alone: the store's calls are those that {@link #open} is given. */
  final FaultySys faults = new FaultySys(Linux.instance());

  final PipePool pool = new PipePool(faults.sys(), meter, PIPES);
  DiskStore store;

  void open(Sys sys) throws Exception {
    StoreConfig config = StoreConfig.standard(meter).with(pool).with(sys);
    store = DiskStore.create(dir, DiskStoreTest.FSID, 0, 24 << 20, config);
    StageProperties.commit(store, new Transaction(PG).add(new Transaction.CreateCollection()));
  }

  @AfterEach
  void close() {
    store.close();
    pool.close();
  }

  static byte[] bytes(int count, long seed) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  void write(ObjectId object, byte[] bytes) throws Exception {
    StagedWrite staged = store.claimStage(BufferList.wrap(bytes), null);
    StageProperties.commit(
        store, new Transaction(PG).add(new Transaction.Write(object, 0, staged)));
  }

  ObjectStore.LazyRead lazily(long offset, long length) throws Exception {
    return read(A, new ObjectStore.Range(offset, length), false);
  }

  ObjectStore.LazyRead checked() throws Exception {
    return read(A, new ObjectStore.Range(0, Long.MAX_VALUE), true);
  }

  ObjectStore.LazyRead read(ObjectId object, ObjectStore.Range range, boolean checked)
      throws Exception {
    return store.readLazily(PG, object, range, checked).get(30, TimeUnit.SECONDS);
  }

  static byte[] allOf(ObjectStore.LazyRead read, PipePool pool) throws Exception {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    try (var source = read.bytes()) {
      while (source.remaining() > 0) {
        try (BufferList piece = source.next().get(30, TimeUnit.SECONDS)) {
          all.write(piece.toByteArray(pool, Inspection.COMPARE));
        }
      }
    }
    return all.toByteArray();
  }
}
