package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Seeds;
import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import org.junit.jupiter.api.Test;

/**
 * A cluster of real processes under {@link Thrasher} and {@link ThrashWorkload}: whatever is
 * killed, paused or restarted, every acknowledged write is there exactly once, on every copy.
 *
 * <p>{@code -Dthrash.seed=N} replays, {@code -Dthrash.seconds=N} runs longer, {@code
 * -Dthrash.osds=N} wider, {@code -Dthrash.verbose=true} tells what it does.
 */
class ThrasherTest {
  private static final int COPIES = 3;

  @Test
  void shouldKeepEveryAcknowledgedWriteOnceWhenDaemonsAreKilledPausedAndRevived() throws Exception {
    long seed = Long.getLong("thrash.seed", Seeds.of("ThrasherTest", 1_000_000));
    int seconds = Integer.getInteger("thrash.seconds", 30);
    int osds = Integer.getInteger("thrash.osds", COPIES);
    System.out.printf(
        "thrash: -Dthrash.seed=%d -Dthrash.seconds=%d -Dthrash.osds=%d%n", seed, seconds, osds);
    try (TestCluster cluster = TestCluster.start(osds, COPIES)) {
      cluster.sluice("pool", "create", "p").ok();
      try (Cluster client = cluster.connect()) {
        IoContext pool = Cluster.await(client.open("p"));
        Thrasher thrasher = new Thrasher(cluster, osds, seed);
        ThrashWorkload workload = new ThrashWorkload(cluster, pool, seed);
        try {
          workload.start(Tools.there("rados"));
          thrasher.run(seconds);
          thrasher.heal();
          workload.finish();
          assertThat(workload.failures).isEmpty();
          workload.verifyOnEachCopy(osds, COPIES);
        } catch (Exception | Error e) {
          System.err.println("thrash.seed=" + seed + " did " + thrasher);
          throw e;
        }
        System.out.printf(
            "%d operations acknowledged on %s, all there once%n",
            workload.acknowledged.get(), workload.model);
      }
    }
  }
}
