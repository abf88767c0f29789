package io.sluice.cli;

import io.sluice.monitor.MonitorConfig;
import io.sluice.monitor.MonitorDaemon;
import io.sluice.objectstore.FailStop;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice mon --data DIR ...}: a monitor in the foreground; {@code sluice mon dump|stat|...}:
 * the monitor's commands of that name.
 */
@Command(
    name = "mon",
    mixinStandardHelpOptions = true,
    description =
        "With --data: one monitor in the foreground. Else: monitor commands (mon dump, mon stat).",
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice mon dump",
      "  sluice mon stat --format json",
      "  sluice mon --id a --addr 127.0.0.1:3300 --data /srv/mon.a"
    })
final class MonCommand extends MonitorWordsCommand {
  @Option(names = "--id", paramLabel = "NAME", defaultValue = "a", description = "its name (a)")
  private String id;

  @Option(
      names = "--addr",
      paramLabel = "IP[:PORT]",
      defaultValue = "127.0.0.1",
      description = "where it listens (127.0.0.1:3300)")
  private String addr;

  @Option(names = "--data", paramLabel = "DIR", description = "its state; made when missing")
  private Path data;

  @Option(
      names = "--fsid",
      paramLabel = "UUID",
      description = "the cluster's id (default: what DIR says, or a new one)")
  private UUID fsid;

  @Option(
      names = "--pool-size",
      paramLabel = "N",
      defaultValue = "3",
      description = "replicas of a new pool (3)")
  private int poolSize;

  @Option(
      names = "--failure-domain",
      paramLabel = "osd|host",
      description = "what no two replicas share, fixed at first start (host; osd on loopback)")
  private String failureDomain;

  @Option(
      names = "--peer",
      paramLabel = "NAME=IP:PORT:RAFTPORT",
      description = "every monitor of the cluster, this one too; leave out when it is the only one")
  private List<String> peers = new ArrayList<>();

  @Option(names = "--admin-socket", paramLabel = "PATH", description = "where to make it (none)")
  private Path adminSocket;

  @Option(
      names = "--metrics-port",
      paramLabel = "PORT",
      description = "serve Prometheus at http://ADDR:PORT/metrics (off)")
  private Integer metricsPort;

  @Override
  public Integer call() throws Exception {
    if (data == null) {
      if (words().isEmpty()) {
        throw CommandFailure.usage(
            "mon: give --data DIR to run a monitor, or a command such as 'mon dump'");
      }
      return super.call();
    }
    if (!words().isEmpty()) {
      throw CommandFailure.usage("mon: '" + words().get(0) + "' does not go with --data");
    }
    HostPort listen = HostPort.parse(addr, io.sluice.client.MonHosts.DEFAULT_PORT);
    MonitorConfig config =
        new MonitorConfig(id, data.toAbsolutePath(), peers(listen), fsid, poolSize, domain(listen));
    DaemonMain.warnWhenOpen("mon." + id, listen);
    return DaemonMain.run(
        "mon." + id,
        new Running(new MonitorDaemon(config)),
        new DaemonMain.Doors(adminSocket, listen, metricsPort));
  }

  private List<MonitorConfig.Peer> peers(HostPort self) {
    List<MonitorConfig.Peer> all = new ArrayList<>();
    for (String peer : peers) {
      int equals = peer.indexOf('=');
      int colon = peer.lastIndexOf(':');
      if (equals < 1 || colon < equals || !peer.substring(colon + 1).matches("\\d{1,5}")) {
        throw CommandFailure.usage("--peer is NAME=IP:PORT:RAFTPORT, not '" + peer + "'");
      }
      HostPort at =
          HostPort.parse(peer.substring(equals + 1, colon), io.sluice.client.MonHosts.DEFAULT_PORT);
      all.add(
          new MonitorConfig.Peer(
              peer.substring(0, equals),
              at.ip(),
              at.port(),
              Integer.parseInt(peer.substring(colon + 1))));
    }
    if (all.isEmpty()) {
      all.add(new MonitorConfig.Peer(id, self.ip(), self.port(), 0));
    }
    if (all.stream().noneMatch(peer -> peer.name().equals(id))) {
      throw CommandFailure.usage("--peer must name this monitor too: " + id);
    }
    return all;
  }

  private int domain(HostPort listen) {
    if (failureDomain == null) {
      return listen.isLoopback() ? MonitorConfig.OSD : MonitorConfig.HOST;
    }
    return switch (failureDomain) {
      case "osd" -> MonitorConfig.OSD;
      case "host" -> MonitorConfig.HOST;
      default ->
          throw CommandFailure.usage("--failure-domain is osd or host, not " + failureDomain);
    };
  }

  /** A monitor as a daemon of this process. */
  private record Running(MonitorDaemon monitor) implements DaemonMain.Daemon {
    private static final Logger LOG = LoggerFactory.getLogger(MonCommand.class);

    @Override
    public void start() throws IOException {
      monitor.start();
      monitor.failed().thenAccept(Running::failStop);
    }

    /**
     * A log that cannot be written any more: nobody is answered, and a restart goes by what is
     * durable.
     */
    private static void failStop(Throwable cause) {
      LOG.error("the monitor's log failed, the monitor ends: {}", ErrorLine.of(cause));
      Runtime.getRuntime().halt(FailStop.EXIT_CODE);
    }

    @Override
    public void close() throws IOException {
      monitor.close();
    }

    @Override
    public String metrics() {
      return new MetricsText()
          .addPerf(
              "mon." + monitor.status().get("name").toString().substring(4),
              Map.of("jvm", JvmCounters.now()))
          .add(monitor.metrics())
          .toString();
    }

    @Override
    public Map<String, AdminSocket.Command> commands() {
      Map<String, AdminSocket.Command> commands = new LinkedHashMap<>();
      commands.put("status", new AdminSocket.Command("what this monitor knows", monitor::status));
      commands.put(
          "perf dump",
          new AdminSocket.Command(
              "counters", () -> Map.of("mon", monitor.status(), "jvm", JvmCounters.now())));
      return commands;
    }
  }
}
