package io.sluice.cli;

import io.sluice.cli.ClusterSpec.Daemon;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code sluice cluster ...}: the daemons of a local cluster, each a process of its own. */
@Command(
    name = "cluster",
    mixinStandardHelpOptions = true,
    description = "A cluster on this machine: start, stop, status, kill, revive.",
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice cluster start --osds 3 --mons 3",
      "  sluice cluster status",
      "  sluice cluster kill osd.1 -9"
    })
final class ClusterCommand implements Runnable {
  private static final Duration STOP_PATIENCE = Duration.ofSeconds(10);

  @Spec private CommandSpec spec;

  @Override
  public void run() {
    throw CommandFailure.usage("cluster: say start, stop, status, kill or revive");
  }

  private ClusterDir dir() {
    return Main.of(spec).dir();
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Starts the cluster of the directory, or makes a new one.",
      footerHeading = Main.EXAMPLES,
      footer = {
        "  sluice cluster start",
        "  sluice cluster start --osds 4 --size 3 --mons 3 --metrics --dir /srv/sluice"
      })
  int start(
      @Option(names = "--osds", paramLabel = "N", description = "OSDs of a new cluster (default 3)")
          Integer osds,
      @Option(
              names = "--mons",
              paramLabel = "N",
              description = "monitors of a new cluster: 1, 3 or 5 (1)")
          Integer mons,
      @Option(
              names = "--size",
              paramLabel = "N",
              description = "default replicas (default 3, or all OSDs)")
          Integer size,
      @Option(
              names = "--metrics",
              description =
                  "each daemon of a new cluster serves Prometheus: 'cluster status' says where")
          boolean metrics)
      throws IOException {
    long begin = System.nanoTime();
    boolean fresh = !dir().exists();
    ClusterSpec cluster =
        new ClusterStart(dir()).start(new ClusterStart.Wish(osds, mons, size, metrics));
    System.out.printf(
        "%s %d monitor%s and %d OSDs in %s in %.1f s%n",
        fresh ? "made and started" : "started",
        cluster.mons().size(),
        cluster.mons().size() == 1 ? "" : "s",
        cluster.osds().size(),
        dir().root(),
        seconds(begin));
    System.out.println("for Ceph's own tools:");
    System.out.println("export CEPH_CONF=" + dir().conf());
    return 0;
  }

  static double seconds(long sinceNanos) {
    return (System.nanoTime() - sinceNanos) / 1e9;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Stops all daemons: SIGTERM, and SIGKILL after 10 s.",
      footerHeading = Main.EXAMPLES,
      footer = "  sluice cluster stop")
  int stop() throws IOException {
    ClusterSpec cluster = dir().load();
    List<String> stopped = ClusterLock.holding(dir(), () -> stopAll(cluster));
    System.out.println(
        stopped.isEmpty()
            ? "nothing was running in " + dir().root()
            : "stopped " + String.join(", ", stopped));
    return 0;
  }

  private List<String> stopAll(ClusterSpec cluster) {
    List<String> stopped = new ArrayList<>();
    List<CompletableFuture<?>> stopping = new ArrayList<>();
    for (Daemon osd : cluster.osds()) {
      DaemonProcess process = new DaemonProcess(dir(), osd);
      if (process.running().isPresent()) {
        stopped.add(osd.name());
        stopping.add(
            CompletableFuture.runAsync(
                () -> process.stop(STOP_PATIENCE), task -> new Thread(task).start()));
      }
    }
    stopping.forEach(CompletableFuture::join);
    for (Daemon mon : cluster.mons()) { // last: OSDs tell it that they stop
      if (new DaemonProcess(dir(), mon).stop(STOP_PATIENCE)) {
        stopped.add(mon.name());
      }
    }
    return stopped;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Which daemons run, and the cluster's own status.",
      footerHeading = Main.EXAMPLES,
      footer = {"  sluice cluster status", "  sluice cluster status --format json"})
  int status(@Mixin OutputFormat format) throws IOException {
    ClusterSpec cluster = dir().load();
    if (format.isJson()) {
      return statusJson(cluster);
    }
    boolean monitor = false;
    for (Daemon daemon : cluster.daemons()) {
      Optional<ProcessHandle> process = new DaemonProcess(dir(), daemon).running();
      monitor |= daemon.isMon() && process.isPresent();
      System.out.printf(
          "%-8s port %5d  %s%n",
          daemon.name(),
          daemon.port(),
          process
              .map(p -> "running, pid " + p.pid() + ", " + ResidentSet.ofPid(p.pid()))
              .orElse("not running"));
      if (daemon.metricsPort() != 0) {
        System.out.println(
            "         http://" + ClusterDir.LOOPBACK + ":" + daemon.metricsPort() + "/metrics");
      }
    }
    if (!monitor) {
      return CommandFailure.REFUSED;
    }
    try (ClusterClient client = ClusterClient.connect(dir())) {
      client.run(List.of("status"), null, System.out);
    }
    return 0;
  }

  private int statusJson(ClusterSpec cluster) throws IOException {
    boolean monitor = false;
    List<Object> daemons = new ArrayList<>();
    for (Daemon daemon : cluster.daemons()) {
      Optional<ProcessHandle> process = new DaemonProcess(dir(), daemon).running();
      monitor |= daemon.isMon() && process.isPresent();
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("name", daemon.name());
      one.put("port", daemon.port());
      one.put("metrics_port", daemon.metricsPort());
      one.put("running", process.isPresent());
      process.ifPresent(p -> one.put("pid", p.pid()));
      daemons.add(one);
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("daemons", daemons);
    if (monitor) {
      try (ClusterClient client = ClusterClient.connect(dir())) {
        all.put("status", client.json("{\"prefix\":\"status\",\"format\":\"json\"}"));
      }
    }
    OutputFormat.printJson(all);
    return monitor ? 0 : CommandFailure.REFUSED;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Ends one daemon: SIGTERM, or SIGKILL with -9.",
      footerHeading = Main.EXAMPLES,
      footer = {"  sluice cluster kill osd.1", "  sluice cluster kill mon.a -9"})
  int kill(
      @Parameters(paramLabel = "NAME", description = "osd.N or mon.a") String name,
      @Option(names = "-9", description = "SIGKILL: as if the machine had lost it") boolean hard)
      throws IOException {
    DaemonProcess process = new DaemonProcess(dir(), dir().load().daemon(name));
    boolean was = hard ? process.kill() : process.stop(STOP_PATIENCE);
    if (!was) {
      throw new CommandFailure(name + " is not running");
    }
    System.out.println((hard ? "killed " : "stopped ") + name);
    return 0;
  }

  @Command(
      mixinStandardHelpOptions = true,
      description = "Starts one daemon that is down again.",
      footerHeading = Main.EXAMPLES,
      footer = "  sluice cluster revive osd.1")
  int revive(@Parameters(paramLabel = "NAME", description = "osd.N or mon.a") String name)
      throws IOException {
    new ClusterStart(dir()).revive(name);
    System.out.println(name + " is up");
    return 0;
  }
}
