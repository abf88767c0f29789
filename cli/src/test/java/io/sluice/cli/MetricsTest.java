package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Counters as Prometheus reads them. */
class MetricsTest {
  @Test
  void shouldNameNumbersAsCephDoes() {
    Map<String, Object> latency = Map.of("avgcount", 3, "sum", 0.5, "avgtime", 0.17);
    Map<String, Object> osd =
        Map.of("op_w", 7L, "op_latency", latency, "op_dropped", 2, "op_wip_bytes", 1, "name", "x");
    Map<String, Object> zerocopy =
        Map.of("direct-bytes", 9, "owners", Map.of("conn", Map.of("x", 1)), "list", List.of(1));
    String text =
        new MetricsText()
            .addPerf("osd.3", Map.of("osd", osd, "zerocopy", zerocopy))
            .add(Map.of("ceph_osd_up{ceph_daemon=\"osd.1\"}", 1))
            .toString();
    assertThat(text.lines().filter(line -> !line.startsWith("#")))
        .containsExactly(
            "ceph_osd_op_latency_count{ceph_daemon=\"osd.3\"} 3",
            "ceph_osd_op_latency_sum{ceph_daemon=\"osd.3\"} 0.5",
            "ceph_osd_op_w{ceph_daemon=\"osd.3\"} 7",
            "ceph_osd_up{ceph_daemon=\"osd.1\"} 1",
            "sluice_osd_op_dropped{ceph_daemon=\"osd.3\"} 2",
            "sluice_osd_op_wip_bytes{ceph_daemon=\"osd.3\"} 1",
            "sluice_zerocopy_direct_bytes{ceph_daemon=\"osd.3\"} 9");
    assertThat(text)
        .contains("# TYPE ceph_osd_op_w counter\n", "# TYPE ceph_osd_up untyped\n")
        .contains("# TYPE sluice_osd_op_dropped counter\n")
        .contains("# TYPE sluice_osd_op_wip_bytes gauge\n");
  }

  @Test
  void shouldWriteAHistogramInPrometheusOrder() {
    Map<String, Object> latency = Map.of("avgcount", 3, "sum", 0.5, "avgtime", 0.17);
    Map<Double, Long> counts = new TreeMap<>(Map.of(0.0001, 1L, 0.0002, 2L, 102.4, 2L));
    String text =
        new MetricsText().addHistogram("osd.3", "op_w_latency", counts, latency).toString();
    assertThat(text.lines().filter(line -> !line.startsWith("# HELP ")))
        .containsExactly(
            "# TYPE sluice_osd_op_w_latency histogram",
            "sluice_osd_op_w_latency_bucket{ceph_daemon=\"osd.3\",le=\"1.0E-4\"} 1",
            "sluice_osd_op_w_latency_bucket{ceph_daemon=\"osd.3\",le=\"2.0E-4\"} 2",
            "sluice_osd_op_w_latency_bucket{ceph_daemon=\"osd.3\",le=\"102.4\"} 2",
            "sluice_osd_op_w_latency_bucket{ceph_daemon=\"osd.3\",le=\"+Inf\"} 3",
            "sluice_osd_op_w_latency_sum{ceph_daemon=\"osd.3\"} 0.5",
            "sluice_osd_op_w_latency_count{ceph_daemon=\"osd.3\"} 3");
  }

  /** The counts are read after the average, while operations go on. */
  @Test
  void shouldNeverHaveABucketWithMoreThanAll() {
    Map<String, Object> latency = Map.of("avgcount", 3, "sum", 0.5);
    String text =
        new MetricsText()
            .addHistogram("osd.3", "op_r_latency", Map.of(0.1, 5L), latency)
            .toString();
    assertThat(text)
        .contains("le=\"+Inf\"} 5\n", "sluice_osd_op_r_latency_count{ceph_daemon=\"osd.3\"} 5\n");
  }

  @Test
  void shouldServeMetricsAndNothingElse() throws Exception {
    try (MetricsServer server =
        new MetricsServer(InetAddress.getLoopbackAddress(), 0, () -> "one 1\n")) {
      assertThat(get(server, "/metrics").body()).isEqualTo("one 1\n");
      assertThat(get(server, "/metrics/more").statusCode()).isEqualTo(404);
      assertThat(get(server, "/").statusCode()).isEqualTo(404);
    }
  }

  private static HttpResponse<String> get(MetricsServer server, String path) throws Exception {
    URI uri = URI.create("http://127.0.0.1:" + server.port() + path);
    HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(60)).build();
    return HttpClient.newHttpClient().send(request, HttpResponse.BodyHandlers.ofString());
  }
}
