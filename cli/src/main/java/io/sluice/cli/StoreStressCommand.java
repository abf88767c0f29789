package io.sluice.cli;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.objectstore.DiskStore;
import io.sluice.objectstore.Fsck;
import io.sluice.objectstore.ObjectStore;
import io.sluice.objectstore.StoreConfig;
import io.sluice.objectstore.StoreModel;
import io.sluice.objectstore.StoreWorkload;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.UUID;
import java.util.concurrent.Callable;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code sluice store-stress DIR}: a store's life by chance, everything compared with a model. */
@Command(
    name = "store-stress",
    mixinStandardHelpOptions = true,
    description = "Lets chance work on a new store and compares everything with a model.",
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice store-stress /tmp/store --seconds 600",
      "  sluice store-stress /tmp/store --seed 7 --steps 12345"
    })
final class StoreStressCommand implements Callable<Integer> {
  private static final UUID FSID = new UUID(0x510ce, 1);
  private static final StoreModel.Bounds BOUNDS = new StoreModel.Bounds(6, 60, 400_000, 200_000);
  private static final long REPORT_SECONDS = 10;

  @Parameters(
      index = "0",
      paramLabel = "DIR",
      description = "where to make the store; must not exist; removed when all was well")
  private Path dir;

  @Option(names = "--seconds", description = "how long (default: ${DEFAULT-VALUE})")
  private long seconds = 60;

  @Option(names = "--steps", description = "stop after so many, to replay a failure")
  private long steps = Long.MAX_VALUE;

  @Option(names = "--seed", description = "what chance does (default: another every time)")
  private Long seed;

  @Option(
      names = "--size-mib",
      description = "of the store, which is sparse (default: ${DEFAULT-VALUE})")
  private long sizeMib = 4096;

  private long done;

  @Override
  public Integer call() throws IOException {
    if (Files.exists(dir)) {
      throw new CommandFailure(dir + " exists: the store must be a new one");
    }
    if (seed == null) {
      seed = ThreadLocalRandom.current().nextLong(1_000_000_000);
    }
    System.out.println("seed " + seed);
    try {
      stress();
    } catch (Exception | AssertionError e) {
      throw new CommandFailure(
          "after "
              + done
              + " steps: "
              + e.getMessage()
              + "; replay: sluice store-stress NEWDIR --seed "
              + seed
              + " --size-mib "
              + sizeMib
              + " --seconds 86400 --steps "
              + done
              + "; the store is left in "
              + dir,
          e);
    }
    DirectoryTree.remove(dir);
    System.out.println("nothing differed");
    return 0;
  }

  private void stress() throws Exception {
    StoreConfig config = StoreConfig.standard(new CopyMeter());
    ObjectStore first = DiskStore.create(dir, FSID, 0, sizeMib << 20, config);
    StoreWorkload workload =
        new StoreWorkload(first, seed, BOUNDS, before -> remounted(before, config));
    try {
      long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(seconds);
      long report = System.nanoTime();
      while (done < steps && System.nanoTime() < end) {
        done++;
        workload.step();
        if (System.nanoTime() - report > TimeUnit.SECONDS.toNanos(REPORT_SECONDS)) {
          report = System.nanoTime();
          System.out.println(done + " steps " + workload.done());
        }
      }
      workload.finish();
      System.out.println(done + " steps " + workload.done());
    } finally {
      workload.store().close();
    }
  }

  private ObjectStore remounted(ObjectStore store, StoreConfig config) throws Exception {
    store.close();
    Fsck.Report report = Fsck.check(dir, true, Linux.instance());
    if (!report.clean()) {
      throw new CommandFailure("fsck: " + report.findings());
    }
    return DiskStore.open(dir, FSID, 0, config);
  }
}
