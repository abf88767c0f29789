package io.sluice.cli;

import io.sluice.client.Cluster;
import io.sluice.client.ClusterConfig;
import io.sluice.client.MonHosts;
import io.sluice.client.RadosException;
import io.sluice.objectstore.DiskStore;
import io.sluice.objectstore.StoreException;
import io.sluice.osd.OsdConfig;
import io.sluice.osd.OsdDaemon;
import io.sluice.types.AddrVec;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * {@code sluice osd --data DIR ...}: an OSD in the foreground; {@code sluice osd tree|dump|...}:
 * the monitor's commands of that name.
 */
@Command(
    name = "osd",
    mixinStandardHelpOptions = true,
    description =
        "With --data: one OSD in the foreground. Else: monitor commands (osd tree, osd dump, osd out N).",
    footerHeading = Main.EXAMPLES,
    footer = {
      "  sluice osd tree",
      "  sluice osd dump --format json-pretty",
      "  sluice osd --id 0 --data /srv/osd.0 --mon-host 127.0.0.1:3300"
    })
final class OsdCommand extends MonitorWordsCommand {
  private static final Logger LOG = LoggerFactory.getLogger(OsdCommand.class);

  @Option(names = "--id", paramLabel = "N", description = "its number")
  private Integer id;

  @Option(
      names = "--addr",
      paramLabel = "IP[:PORT]",
      defaultValue = "127.0.0.1",
      description = "where it listens and is reached (127.0.0.1, any port)")
  private String addr;

  @Option(
      names = "--mon-host",
      paramLabel = "ADDRS",
      description = "the monitors: IP:PORT, or as in ceph.conf")
  private String monHost;

  @Option(names = "--data", paramLabel = "DIR", description = "its store; made when missing")
  private Path data;

  @Option(
      names = "--store-size",
      paramLabel = "BYTES",
      description = "of a new store (nine tenths of the free space; less where it is scarce)")
  private Long storeBytes;

  @Option(
      names = "--fsid",
      paramLabel = "UUID",
      description = "the cluster's id (default: the monitors are asked)")
  private UUID fsid;

  @Option(
      names = "--host",
      paramLabel = "NAME",
      description = "this machine in the CRUSH map (its name)")
  private String host;

  @Option(
      names = "--pipe-sharers",
      paramLabel = "N",
      description = "processes of this user that share its pipes (4)")
  private int pipeSharers = OsdConfig.PIPE_SHARERS;

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
            "osd: give --id, --mon-host and --data to run an OSD, or a command such as 'osd tree'");
      }
      return super.call();
    }
    if (!words().isEmpty() || id == null || monHost == null || id < 0) {
      throw CommandFailure.usage(
          "osd: an OSD needs --id N, --mon-host ADDRS and --data DIR, and no other words");
    }
    DaemonMain.Doors doors =
        new DaemonMain.Doors(adminSocket, HostPort.parse(addr, 0), metricsPort);
    return DaemonMain.run("osd." + id, new Running(config()), doors);
  }

  private OsdConfig config() throws IOException {
    if (pipeSharers < 1) {
      throw CommandFailure.usage("--pipe-sharers: at least 1, not " + pipeSharers);
    }
    HostPort listen = HostPort.parse(addr, 0);
    listen.checkFree();
    List<AddrVec> monitors = monitors();
    UUID cluster = fsid == null ? askFsid(monitors) : fsid;
    Files.createDirectories(data);
    long bytes =
        storeBytes == null ? DiskStore.sizeFor(data.toFile().getUsableSpace()) : storeBytes;
    return OsdConfig.of(id, cluster, data.toAbsolutePath(), bytes, listen.addr(), monitors)
        .withPipeSharers(pipeSharers)
        .withHost(host == null ? InetAddress.getLocalHost().getHostName() : host);
  }

  private List<AddrVec> monitors() {
    try {
      return MonHosts.parse(monHost);
    } catch (IllegalArgumentException e) {
      throw CommandFailure.usage("--mon-host: " + e.getMessage());
    }
  }

  /** Waits for the monitors as long as it takes: machines start in any order. */
  private static UUID askFsid(List<AddrVec> monitors) {
    while (true) {
      try (Cluster cluster = Cluster.connect(ClusterConfig.of(monitors))) {
        return cluster.map().fsid();
      } catch (RadosException e) {
        LOG.warn("waiting for a monitor: {}", e.getMessage());
      }
    }
  }

  /** An OSD as a daemon of this process. */
  private static final class Running implements DaemonMain.Daemon {
    /** The socket has its own, or they are for whom knows a group but not its primary. */
    private static final Set<String> NOT_LOCAL =
        Set.of("get_command_descriptions", "version", "pg", "query");

    private final OsdConfig config;
    private OsdDaemon osd;

    Running(OsdConfig config) {
      this.config = config;
    }

    @Override
    public void start() throws IOException {
      try {
        osd = OsdDaemon.start(config);
      } catch (StoreException e) {
        boolean foreign = e.kind() == StoreException.Kind.WRONG_STORE;
        throw new CommandFailure(
            e.getMessage() + (foreign ? " (it is of another cluster or OSD)" : ""), e);
      }
    }

    @Override
    public void close() {
      osd.close();
    }

    @Override
    public String metrics() {
      String daemon = "osd." + config.osd();
      Map<String, Object> perf = perf();
      MetricsText text = new MetricsText().addPerf(daemon, perf);
      Map<?, ?> averages = (Map<?, ?>) perf.get("osd");
      osd.latencies()
          .forEach(
              (name, counts) ->
                  text.addHistogram(daemon, name, counts, (Map<?, ?>) averages.get(name)));
      return text.toString();
    }

    @Override
    public Map<String, AdminSocket.Command> commands() {
      Map<String, AdminSocket.Command> commands = new LinkedHashMap<>();
      osd.commands()
          .forEach(
              (prefix, help) -> {
                if (!NOT_LOCAL.contains(prefix)) {
                  commands.put(
                      prefix,
                      new AdminSocket.Command(
                          help,
                          osd.signature(prefix),
                          arguments -> osd.command(prefix, arguments)));
                }
              });
      commands.put(
          "status", new AdminSocket.Command("who this OSD is and what it knows", osd::status));
      commands.put(
          "perf dump",
          new AdminSocket.Command(
              "counters, all or of one section",
              osd.signature("perf dump"),
              arguments -> OsdDaemon.section(perf(), arguments.path("logger").asText(""))));
      return commands;
    }

    private Map<String, Object> perf() {
      Map<String, Object> all = new LinkedHashMap<>(osd.perf());
      all.put("jvm", JvmCounters.now());
      return all;
    }
  }
}
