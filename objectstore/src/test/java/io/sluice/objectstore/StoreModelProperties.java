package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaksHook;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * A life made by chance, against a model: with reopening, and with what a kill leaves. Much longer:
 * {@code ./sluice store-stress DIR --seconds 600}.
 */
@Tag("long")
@AddLifecycleHook(NoLeaksHook.class)
class StoreModelProperties {
  private static final long BYTES = 64 << 20;

  @Property(tries = 10)
  void shouldHoldWhatTheModelHoldsInMemory(@ForAll long seed) throws Exception {
    MemoryStore store = new MemoryStore(Runnable::run, null, BYTES);
    StoreWorkload workload =
        new StoreWorkload(
            store,
            seed,
            StoreModel.Bounds.SMALL,
            before -> ((MemoryStore) before).crash(Runnable::run));
    for (int i = 0; i < 1000; i++) {
      workload.step();
    }
    workload.finish();
    workload.store().close();
  }

  /** The directory of the store changes when it is "killed". */
  private static final class Disk implements StoreWorkload.Remount {
    private final Path root;
    private final Random random;
    private Path dir;
    private int remounts;

    /** Such a store is never copied while it runs: the files would be of different moments. */
    private boolean compacts;

    Disk(Path root, Random random) {
      this.root = root;
      this.random = random;
      this.dir = root.resolve("store");
    }

    DiskStore open() throws StoreException {
      compacts = random.nextBoolean();
      CompactionPolicy policy =
          compacts ? new CompactionPolicy(2, 1 << 20, 0.1, 1L << 40) : CompactionPolicy.never();
      StoreConfig config = DiskStoreTest.config().with(policy);
      return DiskStore.openOrCreate(dir, DiskStoreTest.FSID, 0, BYTES, config);
    }

    /** What a kill at this moment would leave, or what a close leaves. */
    @Override
    public ObjectStore remount(ObjectStore store) throws Exception {
      if (compacts || random.nextBoolean()) {
        store.close();
      } else {
        Path copy = root.resolve("store" + remounts++);
        Trees.copy(dir, copy);
        store.close();
        Trees.delete(dir);
        dir = copy;
      }
      assertThat(Fsck.check(dir, true, Linux.instance()).findings()).isEmpty();
      return open();
    }
  }

  @Property(tries = 5)
  void shouldHoldWhatTheModelHoldsOnDisk(@ForAll long seed) throws Exception {
    Path root = Files.createTempDirectory(Path.of("target"), "model");
    Disk disk = new Disk(root, new Random(seed));
    StoreWorkload workload = new StoreWorkload(disk.open(), seed, StoreModel.Bounds.SMALL, disk);
    try {
      for (int i = 0; i < 400; i++) {
        workload.step();
      }
      workload.finish();
    } finally {
      workload.store().close();
      Trees.delete(root);
    }
    assertThat(root).doesNotExist();
  }
}
