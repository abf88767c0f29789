package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaksHook;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Whatever segments a list is made of, and however its pipes are fragmented, its bytes come back.
 */
@AddLifecycleHook(NoLeaksHook.class)
class StageProperties {
  private static final int LISTS = 60;

  @Property(tries = 6)
  void shouldStageAnyListDirectly(@ForAll long seed) throws Exception {
    stageMany(Linux.instance(), Linux.instance(), seed);
  }

  @Property(tries = 3)
  void shouldStageAnyListThroughThePageCache(@ForAll long seed) throws Exception {
    Sys noDirect =
        new FaultySys(Linux.instance()).failAlways("directIoAlignment", Sys.EINVAL).sys();
    stageMany(noDirect, Linux.instance(), seed);
  }

  @Property(tries = 4)
  void shouldStageAnyListWhateverComesShort(@ForAll long seed) throws Exception {
    stageMany(Linux.instance(), HesitantSys.of(seed), seed);
  }

  private static void stageMany(Sys atMkfs, Sys sys, long seed) throws Exception {
    Random random = new Random(seed);
    CopyMeter meter = new CopyMeter();
    Path dir = Files.createTempDirectory(Path.of("target"), "stage");
    Mkfs.make(dir, new Mkfs.Identity(DiskStoreTest.FSID, 0), 64 << 20, atMkfs);
    StoreConfig config = DiskStoreTest.config().with(sys);
    try (PipePool pool = new PipePool(Linux.instance(), meter, 40);
        Lists lists = new Lists(pool, 3 << 20, seed);
        DiskStore store =
            DiskStore.open(
                dir, DiskStoreTest.FSID, 0, random.nextBoolean() ? config.with(pool) : config)) {
      commit(
          store, new Transaction(ObjectStoreContract.PG).add(new Transaction.CreateCollection()));
      for (int i = 0; i < LISTS; i++) {
        int from = random.nextInt(1 << 20);
        int count = 1 + random.nextInt(random.nextBoolean() ? 20_000 : 1_200_000);
        BufferList list = lists.random(random, from, count);
        ChecksumVector vector =
            random.nextBoolean() ? ChecksumVector.of(lists.content, from, count) : null;
        StagedWrite staged = store.claimStage(list, vector);
        commit(
            store,
            new Transaction(ObjectStoreContract.PG)
                .add(new Transaction.Write(ObjectStoreContract.A, from, staged)));
        check(store, lists, from, count);
      }
      assertThat(pool.inUse()).isZero();
    } finally {
      Trees.delete(dir);
    }
  }

  private static void check(DiskStore store, Lists lists, int from, int count) throws Exception {
    try (BufferList read =
        store
            .read(ObjectStoreContract.PG, ObjectStoreContract.A, from, count)
            .get(30, TimeUnit.SECONDS)) {
      byte[] expected = java.util.Arrays.copyOfRange(lists.content, from, from + count);
      assertThat(read.toByteArray(null, null)).isEqualTo(expected);
    }
  }

  static void commit(ObjectStore store, Transaction transaction) throws InterruptedException {
    CountDownLatch done = new CountDownLatch(1);
    store.commit(transaction, done::countDown);
    assertThat(done.await(30, TimeUnit.SECONDS)).as("committed").isTrue();
  }
}
