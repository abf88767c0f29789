package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.MCommand;
import io.sluice.protocol.MCommandReply;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PgStats;
import io.sluice.protocol.ScrubFacts;
import io.sluice.types.EVersion;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What OSDs say of their stores and groups is what commands show. */
@ExtendWith(NoLeaks.class)
class ReportsTest {
  private static final long GIB = 1L << 30;
  private static final UTime SCRUBBED = new UTime(1_790_000_000, 0);

  private final MonitorBench bench = new MonitorBench();
  private final PgId pg = new PgId(1, 2);
  private MonitorBench.Osd osd;

  @BeforeEach
  void report() {
    osd = bench.osd(0);
    bench.osd(1);
    bench.osd(2);
    bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":4}");
    ScrubFacts scrubs = ScrubFacts.NONE.deepScrubbed(new EVersion(3, 17), SCRUBBED, 1, 12, 345);
    PgStats group =
        new PgStats(pg, "active+clean", new EVersion(3, 18), 5, 4096, 1, 1, 2, 3, 4, 5, 6, scrubs);
    osd.send(new OsdStats(0, 100 * GIB, 75 * GIB, List.of(group), 3, 45, 6_700_000));
  }

  private JsonNode json(String command) throws IOException {
    return CommandCall.JSON.readTree(bench.command(command).output());
  }

  @Test
  void shouldShowHowFullStoresAreNow() throws IOException {
    JsonNode df = json("{\"prefix\":\"osd df\",\"format\":\"json\"}");
    assertThat(df.at("/nodes/0/kb").asLong()).isEqualTo(100 * GIB / 1024);
    assertThat(df.at("/nodes/0/kb_used").asLong()).isEqualTo(25 * GIB / 1024);
    assertThat(df.at("/nodes/0/utilization").asDouble()).isEqualTo(25);
    assertThat(df.at("/nodes/1/kb_used").asLong()).isZero();
    assertThat(df.at("/summary/total_kb_used").asLong()).isEqualTo(25 * GIB / 1024);
    JsonNode osds =
        json("{\"prefix\":\"pg dump\",\"dumpcontents\":[\"osds\"],\"format\":\"json\"}");
    assertThat(osds.at("/osd_stats/0/kb_avail").asLong()).isEqualTo(75 * GIB / 1024);
    String text = new String(bench.command("{\"prefix\":\"osd df\"}").output());
    assertThat(text).contains("RAW USE", "25 GiB", "75 GiB", "25.00", "MIN/MAX VAR: 0.00/");
    String tree =
        new String(bench.command("{\"prefix\":\"osd df\",\"output_method\":\"tree\"}").output());
    assertThat(tree).contains("TYPE NAME", "root default", "host host0");
  }

  @Test
  void shouldShowWhatScrubsFound() throws IOException {
    JsonNode listed =
        json("{\"prefix\":\"pg ls\",\"pool\":1,\"states\":[\"inconsistent\"],\"format\":\"json\"}");
    assertThat(listed.at("/pg_stats")).hasSize(1);
    JsonNode one = listed.at("/pg_stats/0");
    assertThat(one.at("/pgid").asText()).isEqualTo("1.2");
    assertThat(one.at("/state").asText()).endsWith("+inconsistent");
    assertThat(one.at("/last_deep_scrub").asText()).isEqualTo("3'17");
    assertThat(one.at("/last_scrub_stamp").asText()).isEqualTo(Units.time(SCRUBBED));
    assertThat(one.at("/stat_sum/num_omap_keys").asLong()).isEqualTo(12);
    assertThat(one.at("/stat_sum/num_omap_bytes").asLong()).isEqualTo(345);
    JsonNode health = json("{\"prefix\":\"health\",\"detail\":\"detail\",\"format\":\"json\"}");
    assertThat(health.at("/status").asText()).isEqualTo("HEALTH_ERR");
    assertThat(health.at("/checks/PG_DAMAGED/detail/0/message").asText())
        .startsWith("pg 1.2 is ")
        .contains("+inconsistent, acting [");
    assertThat(health.at("/checks/SLOW_OPS/summary/message").asText())
        .isEqualTo("3 slow ops, oldest one blocked for 45 sec, osd.0 has slow ops");
    JsonNode pools =
        json("{\"prefix\":\"pg dump\",\"dumpcontents\":[\"pools\"],\"format\":\"json\"}");
    assertThat(pools.at("/pool_stats/0/stat_sum/num_objects").asLong()).isEqualTo(5);
  }

  @Test
  void shouldSayWhichGroupsWaitForRoom() throws IOException {
    List<PgStats> groups =
        List.of(waiting(0, "backfill_toofull"), waiting(1, "recovering"), waiting(2, "clean"));
    osd.send(new OsdStats(0, 100 * GIB, 75 * GIB, groups, 0, 0, 0));
    JsonNode checks = json("{\"prefix\":\"health\",\"format\":\"json\"}").at("/checks");
    assertThat(checks.at("/PG_RECOVERY_FULL").isMissingNode()).isTrue();
    assertThat(checks.at("/PG_BACKFILL_FULL/severity").asText()).isEqualTo("HEALTH_WARN");
    assertThat(checks.at("/PG_BACKFILL_FULL/summary/message").asText())
        .isEqualTo(
            "Low space hindering backfill (add storage if this doesn't resolve itself): 1 pg"
                + " backfill_toofull");
    groups = List.of(waiting(0, "recovery_toofull"), waiting(1, "recovery_toofull"));
    osd.send(new OsdStats(0, 100 * GIB, 75 * GIB, groups, 0, 0, 0));
    checks = json("{\"prefix\":\"health\",\"format\":\"json\"}").at("/checks");
    assertThat(checks.at("/PG_BACKFILL_FULL").isMissingNode()).isTrue();
    assertThat(checks.at("/PG_RECOVERY_FULL/severity").asText()).isEqualTo("HEALTH_ERR");
    assertThat(checks.at("/PG_RECOVERY_FULL/summary/message").asText())
        .isEqualTo("Full OSDs blocking recovery: 2 pgs recovery_toofull");
  }

  private static PgStats waiting(int seed, String word) {
    PgId of = new PgId(1, seed);
    String state = "active+undersized+" + word;
    EVersion none = EVersion.ZERO;
    return new PgStats(of, state, none, 0, 0, 0, 0, 0, 0, 0, 0, 0, ScrubFacts.NONE);
  }

  /** Two of them have reported nothing yet. */
  @Test
  void shouldTellEveryPrimaryToScrub() {
    for (int group = 0; group < 4; group++) {
      String command = "{\"prefix\":\"pg deep-scrub\",\"pgid\":\"1." + group + "\"}";
      assertThat(bench.command(command).status()).startsWith("instructing pg 1." + group);
    }
  }

  @Test
  void shouldTellPrometheusWhatIsInThePools() {
    CompletableFuture<Map<String, Number>> told = bench.monitor.metrics();
    bench.loop.settle();
    assertThat(told).isCompleted();
    Map<String, Number> metrics = told.join();
    assertThat(metrics.get("ceph_pool_objects{pool_id=\"1\"}")).isEqualTo(5L);
    assertThat(metrics.get("ceph_pool_stored{pool_id=\"1\"}")).isEqualTo(4096L);
    assertThat(metrics.get("ceph_pool_wr_bytes{pool_id=\"1\"}")).isEqualTo(4 * 1024L);
    assertThat(metrics.get("ceph_cluster_total_used_bytes")).isEqualTo(25 * GIB);
    assertThat(metrics.get("ceph_pg_inconsistent{pool_id=\"1\"}")).isEqualTo(1);
    assertThat(metrics.get("ceph_pg_total{pool_id=\"1\"}")).isEqualTo(4);
    assertThat(metrics.get("ceph_osd_commit_latency_ms{ceph_daemon=\"osd.0\"}")).isEqualTo(6L);
    assertThat(metrics.get("ceph_healthcheck_slow_ops")).isEqualTo(3);
    assertThat(metrics.get("ceph_daemon_health_metrics{type=\"SLOW_OPS\",ceph_daemon=\"osd.0\"}"))
        .isEqualTo(3);
    assertThat(metrics.get("ceph_health_detail{name=\"SLOW_OPS\",severity=\"HEALTH_WARN\"}"))
        .isEqualTo(1);
  }

  @Test
  void shouldShowWhatCommitsTakeNow() throws IOException {
    JsonNode perf = json("{\"prefix\":\"osd perf\",\"format\":\"json\"}");
    JsonNode first = perf.at("/osdstats/osd_perf_infos/0/perf_stats");
    assertThat(first.path("commit_latency_ms").asLong()).isEqualTo(6);
    assertThat(first.path("apply_latency_ns").asLong()).isEqualTo(6_700_000);
  }

  /** As everybody asks who speaks to a manager. */
  @Test
  void shouldAnswerCommandsThatAreNoMonitorCommands() {
    FakeConnection client = bench.manager();
    bench.send(client, new MCommand(77, MonitorBench.FSID, List.of("{\"prefix\":\"pg stat\"}")));
    FakeConnection.Sent sent = client.takeOne(MessageType.COMMAND_REPLY);
    assertThat(MCommandReply.decode(sent.tid(), sent.front()))
        .isEqualTo(new MCommandReply(77, 0, ""));
    assertThat(new String(sent.data())).startsWith("4 pgs: ");
    bench.send(client, new MCommand(78, MonitorBench.FSID, List.of("{\"prefix\":\"nosuch\"}")));
    FakeConnection.Sent refused = client.takeOne(MessageType.COMMAND_REPLY);
    assertThat(MCommandReply.decode(refused.tid(), refused.front()).result()).isEqualTo(-22);
  }
}
