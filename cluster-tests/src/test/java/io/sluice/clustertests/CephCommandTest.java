package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.assertj.core.api.SoftAssertions;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Debian's {@code ceph} against our monitor, our OSDs and their admin sockets. */
class CephCommandTest {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static TestCluster cluster;

  @BeforeAll
  static void start() {
    Tools.require("ceph", "ceph-common");
    cluster = TestCluster.startCalm(3, 3);
    cluster.ceph("ceph", "osd", "pool", "create", "commands", "8").ok();
  }

  @AfterAll
  static void stop() {
    if (cluster != null) {
      cluster.close();
    }
  }

  private static JsonNode json(String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of(words));
    line.addAll(List.of("--format", "json"));
    return JSON.readTree(cluster.ceph("ceph", line.toArray(new String[0])).ok().out());
  }

  /** What another test typed may have moved groups. */
  @BeforeEach
  void awaitClean() {
    Thrasher.awaitClean(cluster, 3);
  }

  @Test
  void shouldDescribeTheClusterInCephsShape() throws IOException {
    assertThat(json("status").at("/osdmap/num_up_osds").asInt()).isEqualTo(3);
    assertThat(json("health", "detail").at("/status").asText()).startsWith("HEALTH_");
    assertThat(json("osd", "tree").at("/nodes")).hasSizeGreaterThanOrEqualTo(4);
    assertThat(json("osd", "dump").at("/osds")).hasSize(3);
    assertThat(json("osd", "df").at("/nodes")).hasSize(3);
    assertThat(json("osd", "map", "commands", "x").at("/acting")).hasSize(3);
    assertThat(json("osd", "pool", "ls").toString()).contains("commands");
    assertThat(json("mon", "dump").at("/mons")).hasSize(1);
    assertThat(json("pg", "stat").at("/pg_summary/num_pgs").asInt()).isGreaterThanOrEqualTo(8);
    assertThat(json("versions").at("/osd")).hasSize(1);
    assertThat(json("pg", "ls-by-pool", "commands").at("/pg_stats")).hasSize(8);
    cluster.ceph("ceph", "osd", "reweight", "0", "1").ok();
    assertThat(cluster.ceph("ceph", "osd", "set", "notieragent").exit()).isEqualTo(95);
  }

  @Test
  void shouldAnswerWhenOneDaemonIsTold() throws IOException {
    assertThat(json("tell", "osd.1", "version").has("version")).isTrue();
    assertThat(json("tell", "osd.0", "perf", "dump").has("osd")).isTrue();
    Finished unknown = cluster.ceph("ceph", "tell", "osd.0", "nosuch");
    assertThat(unknown.exit()).as("%s", unknown).isEqualTo(22);
    String pg = json("osd", "map", "commands", "x").at("/pgid").asText();
    assertThat(json("pg", pg, "query").at("/acting")).hasSize(3);
    assertThat(json("tell", "osd.0", "config", "get", "osd_max_scrubs")).hasSize(1);
    assertThat(json("tell", "mon.a", "config", "get", "osd_max_scrubs")).hasSize(1);
    assertThat(json("tell", "mon.a", "perf", "dump").at("/cluster/num_osd").asInt()).isEqualTo(3);
  }

  @Test
  void shouldRefuseOptionsAndFormatsThatThereAreNone() {
    Finished set = cluster.ceph("ceph", "config", "set", "osd", "no_such_option", "1");
    assertThat(set.exit()).as("%s", set).isEqualTo(22);
    assertThat(set.err()).contains("unrecognized config option 'no_such_option'");
    Finished xml = cluster.ceph("ceph", "osd", "tree", "--format", "xml");
    assertThat(xml.exit()).as("%s", xml).isEqualTo(95);
  }

  /** Ceph's knobs, turned while the cluster works; `rados bench` compares what it reads. */
  @Test
  void shouldCutConnectionsWhenAnOptionAsksForIt() {
    cluster.ceph("ceph", "config", "set", "osd", "ms_inject_socket_failures", "40").ok();
    try {
      cluster.awaitLog("osd.0", "socketFailures=40");
      String[] bench = {"-p", "commands", "bench", "3", "write", "-b", "4096", "--no-cleanup"};
      cluster.ceph("rados", bench).ok();
      cluster.ceph("rados", "-p", "commands", "bench", "3", "seq").ok();
      cluster.ceph("rados", "-p", "commands", "cleanup").ok();
    } finally {
      cluster.ceph("ceph", "config", "rm", "osd", "ms_inject_socket_failures").ok();
    }
    cluster.awaitLog("osd.0", "socketFailures=0");
    assertThat(cluster.log("osd.0") + cluster.log("osd.1") + cluster.log("osd.2"))
        .contains("injected fault");
  }

  @Test
  void shouldTellWhoWatchesTheClusterWhatIsSaid() throws Exception {
    Path shown = cluster.path("watched");
    String conf = cluster.path("ceph.conf").toString();
    Process watch =
        new ProcessBuilder("ceph", "-c", conf, "-w")
            .redirectInput(Path.of("/dev/null").toFile())
            .redirectErrorStream(true)
            .redirectOutput(shown.toFile())
            .start();
    try {
      long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
      String text = "";
      while (!text.contains("[INF] seen by watchers") && System.nanoTime() < until) {
        cluster.ceph("ceph", "log", "seen", "by", "watchers").ok();
        text = Files.readString(shown);
      }
      assertThat(text).contains("[INF] seen by watchers");
    } finally {
      watch.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
    }
    assertThat(cluster.ceph("ceph", "log", "last", "50").ok().out())
        .contains(" : cluster [INF] seen by watchers");
    assertThat(cluster.ceph("ceph", "log", "last", "500", "info", "audit").ok().out())
        .contains("\"prefix\": \"log\"", ": finished");
  }

  /** Each with the exit code of Ceph 16.2.15, or one that the list gives a reason for. */
  @Test
  void shouldAnswerOrRefuseWhateverIsTyped() throws IOException {
    TypedCommands list = TypedCommands.listed();
    String pg = json("osd", "map", "commands", "x").at("/pgid").asText();
    Map<Integer, String> got = list.typeOn(cluster, "commands", pg);
    assertThat(got.keySet()).hasSizeGreaterThan(200).isEqualTo(list.lines().keySet());
    SoftAssertions all = new SoftAssertions();
    list.lines().forEach((number, line) -> line.check(got.get(number), all));
    all.assertAll();
    assertThat(json("osd", "dump").at("/osds")).as("all as before").hasSize(3);
  }

  @Test
  void shouldShowOperationsOnTheAdminSocket() throws IOException {
    cluster.ceph("rados", "-p", "commands", "create", "seen").ok();
    String primary = json("osd", "map", "commands", "seen").at("/acting_primary").asText();
    String socket = cluster.dir().resolve("osd." + primary + ".asok").toString();
    Awaitility.await("the operation is among those that are over") // a moment after its answer
        .atMost(60, TimeUnit.SECONDS)
        .until(() -> ask(socket, "dump_historic_ops").at("/ops").toString().contains("seen"));
    AsokShapes ceph = new AsokShapes();
    ceph.checkHistory(ask(socket, "dump_historic_ops"));
    ceph.checkInFlight(ask(socket, "dump_ops_in_flight"));
    ceph.checkCounters(ask(socket, "perf", "dump"));
    JsonNode settings = ask(socket, "config", "show");
    ceph.checkSettings(settings);
    assertThat(settings.at("/osd_max_object_size").asLong()).isEqualTo(128L << 20);
  }

  /** Debian's has no types: it looks for them where no package of Debian puts any, and aborts. */
  @Test
  void shouldBeDecodedByCephDencoder() throws IOException {
    String name = "CephCommandTest.shouldBeDecodedByCephDencoder: ";
    Tools.require("ceph-dencoder", "ceph-common");
    Finished types = dencoder("list_types");
    boolean works = types.exit() == 0 && types.out().contains("OSDMap");
    Tools.skipUnless(works, name + "this ceph-dencoder cannot run: " + types.err().strip());
    String[][] maps = {{"osd", "OSDMap"}, {"mon", "MonMap"}, {"osd", "CrushWrapper"}};
    for (String[] map : maps) {
      String what = map[1].equals("CrushWrapper") ? "getcrushmap" : "getmap";
      String file = cluster.path(map[1]).toString();
      cluster.ceph("ceph", map[0], what, "-o", file).ok();
      Finished read = dencoder("type", map[1], "import", file, "decode", "dump_json").ok();
      JsonNode decoded = JSON.readTree(read.out());
      String list = map[1].equals("OSDMap") ? "osds" : map[1].equals("MonMap") ? "mons" : "devices";
      assertThat(decoded.path(list)).as("%s", read).hasSize(list.equals("mons") ? 1 : 3);
    }
  }

  /** In /usr, below which it looks for its types. */
  private static Finished dencoder(String... words) {
    List<String> line = new ArrayList<>(List.of("ceph-dencoder"));
    line.addAll(List.of(words));
    return new Command(line).in(Path.of("/usr")).run();
  }

  private static JsonNode ask(String socket, String... words) throws IOException {
    List<String> line = new ArrayList<>(List.of("--admin-daemon", socket));
    line.addAll(List.of(words));
    return JSON.readTree(cluster.ceph("ceph", line.toArray(new String[0])).ok().out());
  }
}
