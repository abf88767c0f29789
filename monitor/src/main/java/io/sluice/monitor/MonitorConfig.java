package io.sluice.monitor;

import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;

/**
 * What a monitor daemon is told at its start.
 *
 * @param name this monitor's, one of {@code peers}
 * @param data directory of its state; made when missing
 * @param peers all monitors of the cluster, this one included
 * @param fsid the cluster's id; null for the one in {@code data}, or a new one at the first start
 *     of a lone monitor
 * @param defaultSize copies of a new pool that does not say
 * @param failureDomain {@link #OSD} or {@link #HOST}: what no two copies share; fixed at the
 *     cluster's creation
 */
public record MonitorConfig(
    String name, Path data, List<Peer> peers, UUID fsid, int defaultSize, int failureDomain) {
  /** Copies on different OSDs, wherever they are: for clusters on one machine. */
  public static final int OSD = 0;

  /** Copies on different hosts. */
  public static final int HOST = 1;

  /**
   * One monitor.
   *
   * @param ip literal address it listens on, and others reach it at
   * @param port of the messenger
   * @param raftPort for the other monitors; not used, and not opened, by a lone monitor
   */
  public record Peer(String name, String ip, int port, int raftPort) {}

  public MonitorConfig {
    peers = peers.stream().sorted(Comparator.comparing(Peer::name)).toList();
    String self = name;
    if (peers.stream().noneMatch(peer -> peer.name().equals(self))) {
      throw new IllegalArgumentException("monitor " + name + " is not among " + peers);
    }
    if (peers.stream().map(Peer::name).distinct().count() < peers.size()) {
      throw new IllegalArgumentException("two monitors of one name among " + peers);
    }
  }

  /** A cluster with one monitor, on one machine. */
  public static MonitorConfig single(String name, Path data, String ip, int port, int defaultSize) {
    return new MonitorConfig(
        name, data, List.of(new Peer(name, ip, port, 0)), null, defaultSize, OSD);
  }

  /** This monitor's place in the order of names: its rank. */
  int rank() {
    return peers.indexOf(self());
  }

  Peer self() {
    return peers.stream().filter(peer -> peer.name().equals(name)).findFirst().orElseThrow();
  }
}
