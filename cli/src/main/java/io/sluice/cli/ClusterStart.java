package io.sluice.cli;

import io.sluice.cli.ClusterSpec.Daemon;
import io.sluice.types.FreePorts;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/**
 * Starts the daemons of a directory, all at once, and waits until they serve; makes the cluster
 * first when there is none.
 *
 * <p><b>Invariants:</b> a new cluster starts whole, or no daemon of it is left behind; one that is
 * resumed starts without the OSDs that cannot, and says so.
 */
final class ClusterStart {
  /**
   * Long enough for a store that must replay a lot; a daemon that ends earlier is noticed at once.
   */
  private static final Duration PATIENCE = Duration.ofSeconds(150);

  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  private final ClusterDir dir;

  ClusterStart(ClusterDir dir) {
    this.dir = dir;
  }

  /** What the user asked for; null = as it is, or the default. */
  record Wish(Integer osds, Integer mons, Integer size, boolean metrics) {
    Wish(Integer osds, Integer mons, Integer size) {
      this(osds, mons, size, false);
    }

    static final int OSDS = 3;
    static final int REPLICAS = 3;

    ClusterSpec fresh() {
      int osdCount = osds == null ? OSDS : osds;
      int replicas = size == null ? Math.min(REPLICAS, osdCount) : size;
      int monCount = mons == null ? 1 : mons;
      Iterator<Integer> ports = FreePorts.find(2 * osdCount + 3 * monCount).iterator();
      List<Daemon> daemons = new ArrayList<>();
      for (int i = 0; i < monCount; i++) {
        String name = "mon." + (char) ('a' + i);
        int raftPort = monCount == 1 ? 0 : ports.next();
        daemons.add(new Daemon(name, ports.next(), raftPort, metrics ? ports.next() : 0));
      }
      for (int i = 0; i < osdCount; i++) {
        daemons.add(new Daemon("osd." + i, ports.next(), 0, metrics ? ports.next() : 0));
      }
      return new ClusterSpec(UUID.randomUUID(), replicas, daemons);
    }

    void check() {
      if (osds != null && (osds < 1 || osds > 100)) {
        throw CommandFailure.usage("--osds must be from 1 to 100, not " + osds);
      }
      if (size != null && (size < 1 || size > (osds == null ? OSDS : osds))) {
        throw CommandFailure.usage("--size must be from 1 to the number of OSDs, not " + size);
      }
      if (mons != null && mons != 1 && mons != 3 && mons != 5) {
        throw CommandFailure.usage(
            "--mons must be 1, 3 or 5 (an even number survives no more), not " + mons);
      }
    }

    void checkSame(ClusterSpec spec, ClusterDir dir) {
      if (mons != null && mons != spec.mons().size()) {
        throw new CommandFailure(
            "the cluster in "
                + dir.root()
                + " has "
                + spec.mons().size()
                + " monitors; changing their number is not built: make another cluster in another --dir");
      }
      if (osds != null && osds != spec.osds().size() || size != null && size != spec.size()) {
        throw new CommandFailure(
            "the cluster in "
                + dir.root()
                + " has "
                + spec.osds().size()
                + " OSDs and size "
                + spec.size()
                + "; start it without --osds and --size, or another one in another --dir");
      }
    }
  }

  /** Blocks until everything serves. */
  ClusterSpec start(Wish wish) throws IOException {
    wish.check();
    return ClusterLock.holding(dir, () -> startAlone(wish));
  }

  private ClusterSpec startAlone(Wish wish) throws IOException {
    boolean resumed = dir.exists();
    ClusterSpec spec;
    if (resumed) {
      spec = dir.load();
      wish.checkSame(spec, dir);
      refuseWhenRunning(spec);
    } else {
      spec = wish.fresh();
      dir.create(spec);
    }
    Collection<String> lost = launch(spec, resumed);
    if (!lost.isEmpty()) {
      throw new CommandFailure("the others serve, but " + String.join("; ", lost));
    }
    return spec;
  }

  private void refuseWhenRunning(ClusterSpec spec) {
    List<String> running = new ArrayList<>();
    List<String> missing = new ArrayList<>();
    for (Daemon daemon : spec.daemons()) {
      (new DaemonProcess(dir, daemon).running().isPresent() ? running : missing).add(daemon.name());
    }
    if (running.isEmpty()) {
      return;
    }
    String rest =
        missing.isEmpty()
            ? ""
            : ", " + String.join(", ", missing) + " not ('sluice cluster revive NAME' starts one)";
    throw new CommandFailure(
        "the cluster in "
            + dir.root()
            + " is already running: "
            + String.join(", ", running)
            + rest);
  }

  /** What those OSDs said that ended at once; of a new cluster none may. */
  private Collection<String> launch(ClusterSpec spec, boolean resumed) throws IOException {
    Map<DaemonProcess, Process> started = new LinkedHashMap<>();
    try {
      for (Daemon daemon : spec.daemons()) {
        DaemonProcess process = new DaemonProcess(dir, daemon);
        started.put(process, process.start(spec));
      }
      ClusterWait wait = new ClusterWait(dir, started, PATIENCE, resumed);
      wait.untilServing();
      return wait.lost();
    } catch (IOException | RuntimeException e) {
      started.keySet().forEach(process -> process.stop(STOP_PATIENCE));
      throw e;
    }
  }

  /** Starts one daemon that is down, and waits until the monitor has it up. */
  void revive(String name) throws IOException {
    ClusterSpec spec = dir.load();
    Daemon daemon = spec.daemon(name);
    ClusterLock.holding(
        dir,
        () -> {
          DaemonProcess process = new DaemonProcess(dir, daemon);
          if (process.running().isPresent()) {
            throw new CommandFailure(name + " is already running");
          }
          if (daemon.isMon()) {
            new ClusterWait(dir, Map.of(process, process.start(spec)), PATIENCE)
                .untilMonitorAnswers();
            return null;
          }
          ClusterClient.connect(dir).close(); // without a monitor none comes up
          new ClusterWait(dir, Map.of(process, process.start(spec)), PATIENCE).untilUp();
          return null;
        });
  }
}
