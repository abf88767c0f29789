package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessengerConfig;
import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.ClusterMapSubscribe;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdBoot;
import io.sluice.protocol.OsdMap;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/** Ceph's own, unmodified tools against our monitor, over a socket. */
@ExtendWith(NoLeaks.class)
class CephToolsTest {
  private static final Path CEPH = Path.of("/usr/bin/ceph");
  private static final Path RADOS = Path.of("/usr/bin/rados");

  @TempDir Path directory;
  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 0);
  private final List<EpollMessenger> osds = new ArrayList<>();
  private MonitorDaemon daemon;
  private EntityAddr mon;

  @BeforeEach
  void start() throws Exception {
    assumeTrue(
        Files.isExecutable(CEPH) && Files.isExecutable(RADOS),
        "CephToolsTest skipped: /usr/bin/ceph and /usr/bin/rados (ceph-common) are not installed");
    int port = MonitorDaemonTest.freePort();
    mon = EntityAddr.msgr2("127.0.0.1", port, 0);
    daemon =
        new MonitorDaemon(
            MonitorConfig.single("a", directory.resolve("mon"), "127.0.0.1", port, 3));
    daemon.start();
    Files.writeString(
        directory.resolve("ceph.conf"),
        "[global]\nfsid = "
            + daemon.fsid()
            + "\nmon_host = v2:127.0.0.1:"
            + port
            + "/0\n"
            + "auth_cluster_required = none\nauth_service_required = none\nauth_client_required = none\n");
  }

  @AfterEach
  void stop() throws Exception {
    osds.forEach(EpollMessenger::close);
    if (daemon != null) {
      daemon.close();
    }
    pipes.close();
  }

  private record Ran(int exit, String out, String err) {}

  private Ran run(String... command) throws Exception {
    Path out = directory.resolve("out");
    Path err = directory.resolve("err");
    ProcessBuilder builder =
        new ProcessBuilder(command).redirectOutput(out.toFile()).redirectError(err.toFile());
    builder.environment().put("CEPH_CONF", directory.resolve("ceph.conf").toString());
    Process process = builder.start();
    if (!process.waitFor(60, TimeUnit.SECONDS)) {
      process.destroyForcibly();
      throw new AssertionError(List.of(command) + " hangs: " + Files.readString(err));
    }
    return new Ran(process.exitValue(), Files.readString(out), Files.readString(err));
  }

  private String ok(String... command) throws Exception {
    Ran ran = run(command);
    assertThat(ran.exit()).as("%s: %s", List.of(command), ran.err()).isZero();
    return ran.out();
  }

  /** A stand-in for an OSD: boots over a real connection and returns the maps it is told. */
  private BlockingQueue<ClusterMap> bootOsd(int id) throws Exception {
    BlockingQueue<ClusterMap> maps = new LinkedBlockingQueue<>();
    EpollMessenger messenger =
        new EpollMessenger(
            new MessengerConfig(EntityName.osd(id), 7 + id, 1, Linux.instance(), pipes, null));
    osds.add(messenger);
    Dispatcher dispatcher =
        new Dispatcher() {
          @Override
          public void onMessage(Connection connection, IncomingMessage message) {
            try (message) {
              if (message.head().type() == MessageType.SLUICE_CLUSTER_MAP) {
                maps.add(ClusterMap.decode(message.head().version(), message.head().front()));
              }
            }
          }
        };
    messenger.listen(EntityAddr.msgr2("127.0.0.1", 0, 7 + id), dispatcher);
    Connection connection = messenger.connect(EntityName.mon(0), AddrVec.of(mon), dispatcher, null);
    connection.send(new ClusterMapSubscribe(1).toEnvelope());
    connection.send(
        new OsdBoot(id, daemon.fsid(), messenger.myAddrs(), "here", 1L << 30).toEnvelope());
    return maps;
  }

  private static void awaitUp(BlockingQueue<ClusterMap> maps, int osd) throws Exception {
    for (ClusterMap map = null; map == null || !OsdMap.decode(map.osdMap()).isUp(osd); ) {
      map = maps.poll(60, TimeUnit.SECONDS);
      assertThat(map).as("a map with osd." + osd + " up").isNotNull();
    }
  }

  /** They send no beacons, and the machine may be busy: who is up stays up. */
  private void bootThreeForGood() throws Exception {
    ok("ceph", "osd", "set", "nodown");
    for (int osd = 0; osd < 3; osd++) {
      awaitUp(bootOsd(osd), osd);
    }
  }

  @Test
  void shouldAnswerCephsStatusAndTree() throws Exception {
    bootThreeForGood();
    assertThat(ok("ceph", "-s")).contains(daemon.fsid().toString(), "3 in", "nodown");
    assertThat(ok("ceph", "osd", "tree")).contains("root default", "host here", "osd.2");
    assertThat(ok("ceph", "osd", "stat")).startsWith("3 osds: ");
    assertThat(ok("ceph", "health")).startsWith("HEALTH_WARN");
    assertThat(ok("ceph", "-f", "json", "osd", "dump")).contains("\"epoch\":");
  }

  @Test
  void shouldCreateListAndRemovePoolsForCeph() throws Exception {
    assertThat(run("ceph", "osd", "pool", "create", "p2", "8").err()).contains("pool 'p2' created");
    assertThat(ok("ceph", "osd", "pool", "ls")).isEqualTo("p2\n");
    assertThat(ok("rados", "lspools")).isEqualTo("p2\n");
    assertThat(ok("ceph", "osd", "pool", "get", "p2", "pg_num")).isEqualTo("pg_num: 8\n");
    assertThat(ok("rados", "list-inconsistent-pg", "p2")).as("a manager's").isEqualTo("[]\n");
    assertThat(run("ceph", "tell", "mon.a", "osd", "pool", "ls").exit()).isEqualTo(22);
    assertThat(ok("ceph", "tell", "mgr", "osd", "pool", "ls")).isEqualTo("p2\n");
    assertThat(ok("ceph", "-s")).contains("mgr: a(active, since ");
    Ran unsure = run("ceph", "osd", "pool", "rm", "p2");
    assertThat(unsure.exit()).isEqualTo(1);
    assertThat(unsure.err()).contains("Error EPERM", "PERMANENTLY DESTROY");
    ok("ceph", "osd", "pool", "rm", "p2", "p2", "--yes-i-really-really-mean-it");
    assertThat(ok("rados", "lspools")).isEmpty();
    Ran unknown = run("rados", "-p", "p2", "ls");
    assertThat(unknown.exit()).isNotZero();
    assertThat(unknown.err()).contains("(2) No such file or directory");
  }

  @Test
  void shouldGiveMapsThatCephsToolsRead() throws Exception {
    bootThreeForGood();
    ok("ceph", "osd", "pool", "create", "p", "16");
    ok("ceph", "osd", "getmap", "-o", directory.resolve("osdmap").toString());
    assumeTrue(
        Files.isExecutable(Path.of("/usr/bin/osdmaptool")),
        "the rest of CephToolsTest skipped: /usr/bin/osdmaptool (ceph-base) is not installed");

    assertThat(ok("osdmaptool", "--print", directory.resolve("osdmap").toString()))
        .contains(
            "pool 1 'p' replicated size 3 min_size 2",
            "osd.2 up   in  weight 1",
            "require_osd_release pacific");
    Path monMap = directory.resolve("monmap");
    ok("ceph", "mon", "getmap", "-o", monMap.toString());
    assertThat(ok("monmaptool", "--print", monMap.toString()))
        .contains("fsid " + daemon.fsid(), "min_mon_release 16 (pacific)", " mon.a");
    Path crush = directory.resolve("crush");
    ok("ceph", "osd", "getcrushmap", "-o", crush.toString());
    assertThat(ok("crushtool", "-d", crush.toString()))
        .contains("device 2 osd.2", "host here {", "rule replicated_host {", "# end crush map");
    String dump = ok("osdmaptool", "--test-map-pgs-dump", directory.resolve("osdmap").toString());
    String ours = ok("ceph", "osd", "map", "p", "some-object");
    String pg = ours.replaceAll("(?s).*\\((1\\.[0-9a-f]+)\\) -> up.*", "$1");
    String acting = ours.replaceAll("(?s).*acting \\((\\[[0-9,]+\\]).*", "$1");
    assertThat(dump.lines())
        .as("placement of " + pg)
        .anyMatch(l -> l.startsWith(pg + "\t" + acting));
  }
}
