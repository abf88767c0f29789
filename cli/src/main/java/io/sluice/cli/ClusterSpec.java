package io.sluice.cli;

import java.util.List;
import java.util.UUID;

/**
 * What a local cluster consists of, chosen once when its directory is made: {@code cluster.json}.
 *
 * @param size replicas that a pool gets by default
 * @param daemons monitors first
 */
record ClusterSpec(UUID fsid, int size, List<Daemon> daemons) {

  /**
   * @param name {@code mon.a}, {@code osd.0}
   * @param port on 127.0.0.1, the same for the life of the cluster: clients refuse a daemon that
   *     moved
   * @param raftPort of a monitor that has others to agree with, else 0
   * @param metricsPort where Prometheus asks, or 0
   */
  record Daemon(String name, int port, int raftPort, int metricsPort) {
    Daemon(String name, int port) {
      this(name, port, 0, 0);
    }

    boolean isMon() {
      return name.startsWith("mon.");
    }

    /** {@code a} of {@code mon.a}, {@code 0} of {@code osd.0}. */
    String id() {
      return name.substring(4);
    }
  }

  ClusterSpec {
    daemons = List.copyOf(daemons);
  }

  List<Daemon> mons() {
    return daemons.stream().filter(Daemon::isMon).toList();
  }

  List<Daemon> osds() {
    return daemons.stream().filter(d -> !d.isMon()).toList();
  }

  /** {@code a=127.0.0.1:3300:3310} for each monitor; empty for a lone one. */
  List<String> monPeers() {
    return mons().size() == 1
        ? List.of()
        : mons().stream()
            .map(d -> d.id() + "=" + ClusterDir.LOOPBACK + ":" + d.port() + ":" + d.raftPort())
            .toList();
  }

  /** {@code [v2:127.0.0.1:3300],...}, as in ceph.conf. */
  String monHost() {
    return String.join(
        ",",
        mons().stream().map(d -> "[v2:" + ClusterDir.LOOPBACK + ":" + d.port() + "]").toList());
  }

  Daemon daemon(String name) {
    return daemons.stream()
        .filter(d -> d.name().equals(name))
        .findFirst()
        .orElseThrow(
            () ->
                new CommandFailure(
                    "there is no "
                        + name
                        + " here; there are "
                        + String.join(", ", daemons.stream().map(Daemon::name).toList())));
  }
}
