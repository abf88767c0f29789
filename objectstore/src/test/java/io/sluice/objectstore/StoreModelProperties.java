package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaksHook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Transactions by chance, many at once, against a model; with reopening, and with what a kill
 * leaves.
 */
@AddLifecycleHook(NoLeaksHook.class)
class StoreModelProperties {
  private static final long BYTES = 64 << 20;

  @Property(tries = 20)
  void shouldHoldWhatTheModelHoldsInMemory(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    StoreModel model = new StoreModel(random);
    try (MemoryStore store = new MemoryStore(Runnable::run, null, BYTES)) {
      for (int round = 0; round < 20; round++) {
        runRound(store, model, random);
        model.compare(store);
      }
    }
  }

  @Property(tries = 8)
  void shouldHoldWhatTheModelHoldsOnDisk(@ForAll long seed) throws Exception {
    Random random = new Random(seed);
    Path root = Files.createTempDirectory(Path.of("target"), "model");
    Path dir = root.resolve("store0");
    DiskStore store = DiskStore.create(dir, DiskStoreTest.FSID, 0, BYTES, DiskStoreTest.config());
    try {
      StoreModel model = new StoreModel(random);
      for (int round = 1; round < 20; round++) {
        runRound(store, model, random);
        model.compare(store);
        if (random.nextInt(4) == 0) {
          dir =
              random.nextBoolean()
                  ? closed(store, dir)
                  : killed(store, dir, root.resolve("store" + round));
          assertThat(Fsck.check(dir, true, Linux.instance()).findings()).isEmpty();
          store = DiskStore.open(dir, DiskStoreTest.FSID, 0, DiskStoreTest.config());
          model.compare(store);
        }
      }
    } finally {
      store.close();
      Trees.delete(root);
    }
    assertThat(root).doesNotExist();
  }

  private static Path closed(DiskStore store, Path dir) {
    store.close();
    return dir;
  }

  /** What a kill at this moment would leave: what was acknowledged is in the files. */
  private static Path killed(DiskStore store, Path dir, Path copy) throws Exception {
    Trees.copy(dir, copy);
    store.close();
    Trees.delete(dir);
    return copy;
  }

  /** Transactions that are under way together. */
  private static void runRound(ObjectStore store, StoreModel model, Random random)
      throws Exception {
    int count = 1 + random.nextInt(30);
    CountDownLatch done = new CountDownLatch(count);
    for (int i = 0; i < count; i++) {
      store.commit(model.next(store), done::countDown);
    }
    assertThat(done.await(60, TimeUnit.SECONDS)).as("all committed").isTrue();
  }
}
