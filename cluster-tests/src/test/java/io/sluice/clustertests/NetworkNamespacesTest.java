package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.cli.AdminClient;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * Three hosts and a client's on one machine: the daemons of docs/multi-node.md, each in a network
 * namespace of its own. With jumbo frames the pages of a payload stay aligned from the client's
 * memory to three disks; with usual ones they cannot, and everything is as right.
 */
class NetworkNamespacesTest {
  private static final int HOSTS = 3;

  /** A host without an OSD: to one of its own host a client speaks by the loopback. */
  private static final int CLIENT = HOSTS;

  private static final int SIZE = 24 << 20;
  private static final long ALL = 3L * SIZE;
  private static final String[] MODES = {"lazy", "ingest"};
  private static final String MON = "10.77.0.11:6789";
  private static final String DIRECT = "/direct_bytes";
  private static final String RECEIVED = "/cpu_copied_bytes/recv";
  private static final String WINDOW = "/cpu_copied_bytes/memfd_window";
  private static final String READ = "/cpu_read_bytes/crc";
  private static final String MAPPED = "/mapped_bytes";
  private static final String CACHED = "/cpu_copied_bytes/page_cache";
  private static final String ALIGNED = "/aligned_connections";
  private static final String UNALIGNED = "/unaligned_connections";
  private static final String SPLICED = "/spliced_in_bytes";
  private static final String[] COUNTERS = {
    DIRECT, RECEIVED, WINDOW, READ, MAPPED, CACHED, ALIGNED, UNALIGNED, SPLICED
  };

  /** Of what is written, where a window does not end inside many a page. */
  private static final double DIRECT_MIN = 0.9;

  private static final int ROUNDS_MAX = 5;

  private final List<String> namespaces = new ArrayList<>();
  private final Map<String, Process> daemons = new LinkedHashMap<>();
  private final String tag = "sl" + ProcessHandle.current().pid() % 10000;
  private TestCluster place;

  @Test
  void shouldWriteDirectlyAtAnMtuOf9000AndRightlyAt1500() throws Exception {
    Tools.requireRoot();
    Tools.require("ip", "iproute2");
    place = TestCluster.unstarted();
    hosts();
    mtu(9000);
    daemon(0, "mon", "mon", "--id", "a", "--addr", MON, "--data", place.path("mon").toString());
    startOsds();
    Files.writeString(
        place.path("ceph.conf"),
        "[global]\nmon host = [v2:"
            + MON
            + "]\n"
            + "auth cluster required = none\n"
            + "auth service required = none\n"
            + "auth client required = none\n");
    awaitUp();
    for (String mode : MODES) {
      on(CLIENT, "pool", "create", mode).ok();
      on(CLIENT, "pool", "set", mode, "integrity", mode).ok();
    }
    awaitClean();
    Path jumbo = RandomFiles.create(place.path("f"), SIZE, 9);
    for (String mode : MODES) {
      assertDirect(mode, jumbo);
    }
    assertThat(sums().get(ALIGNED)).as("connections that align").isPositive();

    stop("osd.0", "osd.1", "osd.2");
    mtu(1500);
    startOsds();
    awaitUp();
    awaitClean();
    assertThat(sums().get(UNALIGNED)).as("and connections that do not align").isPositive();
    Path usual = RandomFiles.create(place.path("g"), SIZE, 10);
    for (String mode : MODES) {
      Map<String, Long> went = put(mode, "usual", usual);
      assertThat(went.get(DIRECT)).as("directly at an MTU of 1500").isZero();
      assertThat(went.get(SPLICED)).as("by pipes").isZero();
      assertThat(went.get(RECEIVED)).as("into memory, once on each OSD").isEqualTo(ALL);
      // What lies in memory is checked there, but where the primary takes the sender's word.
      long read = mode.equals("lazy") ? 2 * ALL / 3 : ALL;
      assertThat(went.get(READ)).as("read on arrival, %s", mode).isEqualTo(read);
      assertNothingElse(went);
      assertReadBack(mode, "jumbo", jumbo);
      assertReadBack(mode, "usual", usual);
    }
  }

  /** Once more when much was cut: where a window ends inside a page, the kernel cuts that page. */
  private void assertDirect(String mode, Path file) {
    Map<String, Long> went;
    int rounds = 0;
    do {
      went = put(mode, "jumbo", file);
      assertThat(went.get(DIRECT) + went.get(RECEIVED))
          .as("all that was stored, but for what came with a head")
          .isBetween(ALL - (1L << 20), ALL);
      if (mode.equals("lazy")) {
        assertThat(went.get(READ)).as("read on arrival").isZero();
        assertThat(went.get(WINDOW)).as("looked at").isZero();
      } else {
        assertThat(went.get(WINDOW)).as("each once").isEqualTo(went.get(SPLICED));
        assertThat(went.get(READ)).as("read on arrival").isBetween(went.get(SPLICED), ALL);
      }
      assertNothingElse(went);
    } while (went.get(DIRECT) < DIRECT_MIN * ALL && ++rounds < ROUNDS_MAX);
    assertThat(went.get(DIRECT))
        .as("directly, of %d", ALL)
        .isGreaterThan((long) (DIRECT_MIN * ALL));
  }

  private static void assertNothingElse(Map<String, Long> went) {
    assertThat(went.get(MAPPED)).as("mapped").isZero();
    assertThat(went.get(CACHED)).as("through the page cache").isZero();
  }

  /** What every OSD counted while one of our clients wrote a file. */
  private Map<String, Long> put(String pool, String object, Path file) {
    Map<String, Long> before = sums();
    on(CLIENT, "rados", "-p", pool, "put", object, file.toString()).ok();
    Map<String, Long> went = sums();
    before.forEach((counter, value) -> went.merge(counter, -value, Long::sum));
    System.out.println(object + ", " + pool + ", 24 MiB, three copies: " + went);
    return went;
  }

  private Map<String, Long> sums() {
    Map<String, Long> sums = new LinkedHashMap<>();
    for (int osd = 0; osd < HOSTS; osd++) {
      JsonNode zerocopy = place.perf("osd." + osd).path("zerocopy");
      for (String counter : COUNTERS) {
        sums.merge(counter, zerocopy.at(counter).asLong(), Long::sum);
      }
    }
    return sums;
  }

  private void assertReadBack(String pool, String object, Path file) {
    Path back = place.path("back-" + pool + object);
    on(CLIENT, "rados", "-p", pool, "get", object, back.toString()).ok();
    assertThat(RandomFiles.sha256(back)).isEqualTo(RandomFiles.sha256(file));
  }

  private void startOsds() throws IOException {
    for (int i = 0; i < HOSTS; i++) {
      daemon(
          i,
          "osd." + i,
          "osd",
          "--id",
          "" + i,
          "--addr",
          "10.77.0." + (11 + i),
          "--mon-host",
          MON,
          "--host",
          "host" + i,
          "--admin-socket",
          place.path("osd." + i + ".asok").toString(),
          "--data",
          place.path("osd" + i).toString());
    }
  }

  /** Each by its own word: the monitor may still mean an earlier life. */
  private void awaitUp() {
    Awaitility.await("three OSDs up")
        .atMost(120, TimeUnit.SECONDS)
        .ignoreExceptions() // nobody listens yet
        .until(
            () -> {
              for (int osd = 0; osd < HOSTS; osd++) {
                String status = AdminClient.ask(place.path("osd." + osd + ".asok"), "status");
                if (!status.contains("\"active\"")) {
                  return false;
                }
              }
              return true;
            });
  }

  /** Three copies of what is written from here on. */
  private void awaitClean() {
    Awaitility.await("all groups clean")
        .atMost(120, TimeUnit.SECONDS)
        .until(() -> Thrasher.clean(on(CLIENT, "status"), HOSTS));
  }

  @AfterEach
  void clean() throws Exception {
    stop(daemons.keySet().toArray(String[]::new));
    for (String namespace : namespaces) {
      ip("netns", "del", namespace);
    }
    ip("link", "del", tag + "br");
    if (place != null) {
      place.close();
    }
  }

  private void stop(String... names) throws InterruptedException {
    for (String name : names) {
      daemons.get(name).destroy();
    }
    for (String name : names) {
      if (!daemons.get(name).waitFor(20, TimeUnit.SECONDS)) {
        daemons.get(name).destroyForcibly().waitFor();
      }
      daemons.remove(name);
    }
  }

  private void hosts() {
    ip("link", "add", tag + "br", "type", "bridge").ok();
    ip("link", "set", tag + "br", "up").ok();
    for (int i = 0; i <= CLIENT; i++) {
      String namespace = tag + "n" + i;
      ip("netns", "add", namespace).ok();
      namespaces.add(namespace);
      String outer = tag + "v" + i;
      ip("link", "add", outer, "type", "veth", "peer", "name", "eth0", "netns", namespace).ok();
      ip("link", "set", outer, "master", tag + "br", "up").ok();
      ip("-n", namespace, "addr", "add", "10.77.0." + (11 + i) + "/24", "dev", "eth0").ok();
      ip("-n", namespace, "link", "set", "eth0", "up").ok();
      ip("-n", namespace, "link", "set", "lo", "up").ok();
    }
  }

  private void mtu(int bytes) {
    for (int i = 0; i <= CLIENT; i++) {
      ip("link", "set", tag + "v" + i, "mtu", "" + bytes).ok();
      ip("-n", namespaces.get(i), "link", "set", "eth0", "mtu", "" + bytes).ok();
    }
    ip("link", "set", tag + "br", "mtu", "" + bytes).ok();
  }

  private static Finished ip(String... args) {
    List<String> line = new ArrayList<>(List.of("ip"));
    line.addAll(List.of(args));
    return new Command(line).run();
  }

  private List<String> inside(int host, String... args) {
    List<String> line = new ArrayList<>(List.of("ip", "netns", "exec", namespaces.get(host)));
    line.addAll(Command.sluice());
    line.addAll(List.of(args));
    return line;
  }

  private Finished on(int host, String... args) {
    return new Command(inside(host, args)).env("SLUICE_DIR", place.dir().toString()).run();
  }

  private void daemon(int host, String name, String... args) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(inside(host, args)).redirectErrorStream(true);
    builder.environment().put("JAVA_TOOL_OPTIONS", TestCluster.CALM); // all is counted once
    Path log = place.path(name + "-" + daemons.size() + ".log");
    daemons.put(name, builder.redirectOutput(log.toFile()).start());
  }
}
