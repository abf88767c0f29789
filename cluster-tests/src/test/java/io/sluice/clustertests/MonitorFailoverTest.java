package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.client.Cluster;
import io.sluice.client.IoContext;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Three monitors, of which the one that leads is killed: clients and OSDs go on with the others.
 */
class MonitorFailoverTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 120;

  /** Between two leaders nobody says that it leads. */
  private static String leader(TestCluster cluster) {
    return Awaitility.await("a monitor says that it leads")
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .until(() -> whoLeads(cluster), Objects::nonNull);
  }

  private static String whoLeads(TestCluster cluster) throws Exception {
    for (String name : new String[] {"mon.a", "mon.b", "mon.c"}) {
      Finished status = cluster.sluice("daemon", name, "status");
      if (status.exit() == 0
          && JSON.readTree(status.out()).path("state").asText().equals("leader")) {
        return name;
      }
    }
    return null;
  }

  /** What Prometheus would collect, of all daemons together. */
  private static String metrics(TestCluster cluster) throws Exception {
    StringBuilder all = new StringBuilder();
    HttpClient http = HttpClient.newHttpClient();
    for (JsonNode daemon : JSON.readTree(cluster.path("cluster.json").toFile()).path("daemons")) {
      String url = "http://127.0.0.1:" + daemon.path("metricsPort").asInt() + "/metrics";
      HttpRequest get =
          HttpRequest.newBuilder(URI.create(url)).timeout(Duration.ofSeconds(60)).build();
      all.append(http.send(get, HttpResponse.BodyHandlers.ofString()).body());
    }
    return all.toString();
  }

  /** None is missing once all have reported, none is new, and one daemon alone speaks for all. */
  private static void awaitEveryMetric(TestCluster cluster) {
    Awaitility.await("every metric of the table is exported")
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(IOException.class) // a busy machine answers too late
        .untilAsserted(
            () -> {
              String text = metrics(cluster);
              assertThat(ExportedMetrics.of(text)).isEqualTo(ExportedMetrics.table());
              assertThat(text.lines().filter(line -> line.startsWith("ceph_health_status ")))
                  .hasSize(1);
            });
  }

  /** What OSDs report to the one that leads is known to the others, too. */
  private static void awaitObjectCountOnEachMonitor(TestCluster cluster) throws IOException {
    if (!Tools.there("ceph")) {
      return;
    }
    for (String monitor : monitors(cluster)) {
      Awaitility.await(monitor + " counts the objects")
          .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
          .until(
              () -> {
                Finished status = cluster.ceph("ceph", "-m", monitor, "status", "-f", "json");
                return status.exit() == 0
                    && JSON.readTree(status.out()).at("/pgmap/num_objects").asInt() == 1;
              });
    }
  }

  /** Where each of the three listens, for {@code ceph -m}. */
  private static List<String> monitors(TestCluster cluster) throws IOException {
    JsonNode map = JSON.readTree(cluster.ceph("ceph", "mon", "dump", "-f", "json").ok().out());
    List<String> all = new ArrayList<>();
    for (JsonNode monitor : map.at("/mons")) {
      all.add("v2:" + monitor.at("/public_addrs/addrvec/0/addr").asText());
    }
    assertThat(all).hasSize(3);
    return all;
  }

  private static void awaitStatus(TestCluster cluster, String part) {
    Awaitility.await("status says " + part)
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .until(() -> cluster.sluice("status").out().contains(part));
  }

  /** A pool is there for whoever asks another monitor next. */
  private static void shouldKnowEverywhereWhatOneSaid(TestCluster cluster) throws Exception {
    if (!Tools.there("ceph")) {
      return;
    }
    List<String> all = monitors(cluster);
    for (int i = 0; i < all.size(); i++) {
      String pool = "told-" + i;
      cluster.ceph("ceph", "-m", all.get(i), "osd", "pool", "create", pool, "1").ok();
      String other = all.get((i + 1) % all.size());
      assertThat(cluster.ceph("ceph", "-m", other, "osd", "pool", "ls").ok().out())
          .as("%s, asked after %s had done it", other, all.get(i))
          .contains(pool);
    }
  }

  @Test
  void shouldGoOnWithoutTheMonitorThatLed() throws Exception {
    try (TestCluster cluster =
        TestCluster.startWith("--mons", "3", "--osds", "2", "--size", "2", "--metrics")) {
      assertThat(cluster.sluice("cluster", "start", "--mons", "1").err())
          .contains("changing their number is not built");
      cluster.sluice("pool", "create", "p", "8").ok();
      try (Cluster client = cluster.connect()) {
        IoContext io = Cluster.await(client.open("p"));
        Cluster.await(io.writeFull("before", new byte[] {1}));
        Awaitility.await()
            .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
            .ignoreExceptionsInstanceOf(IOException.class) // nobody listens yet
            .untilAsserted(
                () ->
                    assertThat(metrics(cluster))
                        .contains("ceph_osd_up{ceph_daemon=\"osd.1\"} 1\n")
                        .contains("ceph_osd_op_w{ceph_daemon=\"osd.0\"} ")
                        .contains("ceph_osd_op_latency_count{ceph_daemon=\"osd.1\"} ")
                        .contains("sluice_osd_op_latency_percentiles_p99{")
                        .contains("ceph_pg_active{pool_id=\"1\"} 8\n"));
        awaitEveryMetric(cluster);
        awaitObjectCountOnEachMonitor(cluster);
        String leader = leader(cluster);
        cluster.sluice("cluster", "kill", leader, "-9").ok();

        CompletableFuture<Long> write = io.writeFull("after", new byte[] {2});
        assertThat(write.get(PATIENCE_SECONDS, TimeUnit.SECONDS)).isPositive();
        assertThat(Cluster.await(io.read("before", 0, 10))).containsExactly(1);
        String dead = leader.substring("mon.".length());
        awaitStatus(cluster, "out of quorum: " + dead + "\n");
        cluster.sluice("cluster", "revive", leader).ok();
        awaitStatus(cluster, "quorum a,b,c (age ");
      }
      // A map change needs a new leader; a new client finds a living monitor by itself.
      cluster.sluice("pool", "create", "q", "4").ok();
      assertThat(cluster.sluice("pool", "ls").ok().out()).contains("p", "q");
      shouldKnowEverywhereWhatOneSaid(cluster);
    }
  }
}
