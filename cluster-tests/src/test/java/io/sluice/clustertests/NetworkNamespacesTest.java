package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

/**
 * Three hosts on one machine: the daemons of docs/multi-node.md, each in a network namespace of its
 * own.
 */
class NetworkNamespacesTest {
  private final List<String> namespaces = new ArrayList<>();
  private final List<Process> daemons = new ArrayList<>();
  private final String tag = "sl" + ProcessHandle.current().pid() % 10000;

  @Test
  void shouldFormAClusterWhenDaemonsLiveOnThreeHosts() throws Exception {
    Tools.requireRoot();
    Tools.require("ip", "iproute2");
    TestCluster place = TestCluster.unstarted();
    try {
      hosts(3);
      String mon = "10.77.0.11:6789";
      daemon(0, place, "mon", "--id", "a", "--addr", mon, "--data", place.path("mon").toString());
      for (int i = 0; i < 3; i++) {
        daemon(
            i,
            place,
            "osd",
            "--id",
            "" + i,
            "--addr",
            "10.77.0." + (11 + i),
            "--mon-host",
            mon,
            "--host",
            "host" + i,
            "--data",
            place.path("osd" + i).toString());
      }
      Files.writeString(
          place.path("ceph.conf"),
          "[global]\nmon host = [v2:"
              + mon
              + "]\n"
              + "auth cluster required = none\nauth service required = none\nauth client required = none\n");
      Awaitility.await()
          .atMost(120, TimeUnit.SECONDS)
          .until(() -> on(1, place, "osd", "stat").out().contains("3 up"));
      on(1, place, "pool", "create", "p").ok();
      Path file = RandomFiles.create(place.path("f"), 6_000_000, 9);
      on(1, place, "rados", "-p", "p", "put", "o", file.toString()).ok();
      Path back = place.path("back");
      on(2, place, "rados", "-p", "p", "get", "o", back.toString()).ok();
      assertThat(RandomFiles.sha256(back)).isEqualTo(RandomFiles.sha256(file));
    } finally {
      for (Process daemon : daemons) {
        daemon.destroy();
      }
      for (Process daemon : daemons) {
        if (!daemon.waitFor(20, TimeUnit.SECONDS)) {
          daemon.destroyForcibly().waitFor();
        }
      }
      for (String namespace : namespaces) {
        ip("netns", "del", namespace);
      }
      ip("link", "del", tag + "br");
      place.close();
    }
  }

  private void hosts(int count) {
    ip("link", "add", tag + "br", "type", "bridge").ok();
    ip("link", "set", tag + "br", "up").ok();
    for (int i = 0; i < count; i++) {
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

  private Finished on(int host, TestCluster place, String... args) {
    return new Command(inside(host, args)).env("SLUICE_DIR", place.dir().toString()).run();
  }

  private void daemon(int host, TestCluster place, String... args) throws IOException {
    ProcessBuilder builder = new ProcessBuilder(inside(host, args)).redirectErrorStream(true);
    Path log = place.path("daemon" + daemons.size() + ".log");
    daemons.add(builder.redirectOutput(log.toFile()).start());
  }
}
