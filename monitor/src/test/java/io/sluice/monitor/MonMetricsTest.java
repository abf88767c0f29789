package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What a monitor tells Prometheus of the cluster while it leads, and while it does not. */
@ExtendWith(NoLeaks.class)
class MonMetricsTest {
  private static final String FLAGS =
      "ceph_health_detail{name=\"OSDMAP_FLAGS\",severity=\"HEALTH_WARN\"}";

  private final MonitorBench bench = new MonitorBench("a", "b", "c");

  private Map<String, Number> metrics() {
    CompletableFuture<Map<String, Number>> told = bench.monitor.metrics();
    bench.loop.settle();
    assertThat(told).isCompleted();
    return told.join();
  }

  @Test
  void shouldKeepAFailedCheckAtZeroOnceAllIsWell() {
    assertThat(metrics()).doesNotContainKey(FLAGS).containsEntry("ceph_osd_flag_noout", 0);
    bench.command("{\"prefix\":\"osd set\",\"key\":\"noout\"}");
    assertThat(metrics()).containsEntry(FLAGS, 1).containsEntry("ceph_osd_flag_noout", 1);
    bench.command("{\"prefix\":\"osd unset\",\"key\":\"noout\"}");
    assertThat(metrics()).containsEntry(FLAGS, 0).containsEntry("ceph_osd_flag_noout", 0);
  }

  @Test
  void shouldSayWhichMonitorsTakePart() {
    bench.silent = Set.of(2);
    bench.loop.advance(5_000 * MonitorBench.MS);
    assertThat(metrics())
        .containsEntry("ceph_mon_quorum_status{ceph_daemon=\"mon.a\"}", 1)
        .containsEntry("ceph_mon_quorum_status{ceph_daemon=\"mon.b\"}", 1)
        .containsEntry("ceph_mon_quorum_status{ceph_daemon=\"mon.c\"}", 0)
        .containsEntry("ceph_health_status", 1);
  }

  /** Else three monitors would count everything three times. */
  @Test
  void shouldLeaveTheClusterToTheMonitorThatLeads() {
    bench.osd(0);
    String up = "ceph_osd_up{ceph_daemon=\"osd.0\"}";
    assertThat(metrics()).containsEntry(up, 1).containsKey("ceph_health_status");
    bench.monitor.onLeadership(false);
    bench.loop.settle();
    assertThat(metrics())
        .doesNotContainKeys(up, "ceph_health_status")
        .containsEntry("sluice_mon_leader{ceph_daemon=\"mon.a\"}", 0)
        .containsEntry("ceph_mon_quorum_status{ceph_daemon=\"mon.a\"}", 0);
  }

  @Test
  void shouldDescribeOsdsAndPoolsInLabels() {
    bench.osd(0);
    bench.command("{\"prefix\":\"osd pool create\",\"pool\":\"p\",\"pg_num\":4}");
    String metadata =
        metrics().keySet().stream()
            .filter(series -> series.startsWith("ceph_osd_metadata{"))
            .findFirst()
            .orElseThrow();
    assertThat(metadata)
        .contains("ceph_daemon=\"osd.0\"", "public_addr=\"127.0.0.1\"", "hostname=\"host0\"");
    assertThat(metrics())
        .containsKey(
            "ceph_pool_metadata{pool_id=\"1\",name=\"p\",type=\"replicated\","
                + "description=\"replica:3\",compression_mode=\"none\"}")
        .containsEntry("ceph_pg_total{pool_id=\"1\"}", 4);
  }
}
