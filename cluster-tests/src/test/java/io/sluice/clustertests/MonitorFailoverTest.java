package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * Three monitors, of which the one that leads is killed: clients and OSDs go on with the others.
 */
class MonitorFailoverTest {
  private static final ObjectMapper JSON = new ObjectMapper();

  private static String leader(TestCluster cluster) throws Exception {
    for (String name : new String[] {"mon.a", "mon.b", "mon.c"}) {
      Finished status = cluster.sluice("daemon", name, "status");
      if (status.exit() == 0
          && JSON.readTree(status.out()).path("state").asText().equals("leader")) {
        return name;
      }
    }
    throw new AssertionError("no monitor says that it leads");
  }

  @Test
  void shouldGoOnWithoutTheMonitorThatLed() throws Exception {
    try (TestCluster cluster = TestCluster.startWith("--mons", "3", "--osds", "2", "--size", "2")) {
      assertThat(cluster.sluice("cluster", "start", "--mons", "1").err())
          .contains("changing their number is not built");
      cluster.sluice("pool", "create", "p", "8").ok();
      try (Cluster client = cluster.connect()) {
        IoContext io = Cluster.await(client.open("p"));
        Cluster.await(io.writeFull("before", new byte[] {1}));
        String leader = leader(cluster);
        cluster.sluice("cluster", "kill", leader, "-9").ok();

        CompletableFuture<Long> write = io.writeFull("after", new byte[] {2});
        assertThat(write.get(60, TimeUnit.SECONDS)).isPositive();
        assertThat(Cluster.await(io.read("before", 0, 10))).containsExactly(1);
      }
      // A map change needs a new leader; a new client finds a living monitor by itself.
      cluster.sluice("pool", "create", "q", "4").ok();
      assertThat(cluster.sluice("pool", "ls").ok().out()).contains("p", "q");
    }
  }
}
