package io.sluice.clustertests;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.cli.AdminClient;
import io.sluice.client.CephConf;
import io.sluice.client.Cluster;
import io.sluice.client.ClusterConfig;
import io.sluice.client.RadosException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.awaitility.Awaitility;

/**
 * A real cluster of daemon processes in a directory of its own, driven through the {@code sluice}
 * command as a user would.
 *
 * <p><b>Owns</b> its processes and directory: {@link #close} stops and removes them.
 */
final class TestCluster implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int PATIENCE_SECONDS = 60;

  /** Ten minutes: nobody is marked down because a machine had no time for it. */
  static final String CALM = "-Dsluice.mon.lease-ms=600000";

  /**
   * Words of the commands that start daemons, are one, or go to the standard input and output of
   * the process itself, past Java's streams.
   */
  private static final List<String> NOT_HERE = List.of("start", "revive", "--data", "-", "ls");

  private final Path dir;
  private final String faults;

  /** For the JVMs of its daemons, besides what the tests of this module always give. */
  private final String options;

  private TestCluster(Path dir) {
    this(dir, "", "");
  }

  private TestCluster(Path dir, String faults, String options) {
    this.dir = dir;
    this.faults = faults;
    this.options = options;
  }

  /**
   * Starts one monitor and {@code osds} OSDs, pools of {@code size} copies, and waits until they
   * serve.
   */
  static TestCluster start(int osds, int size) {
    return start(freshDir(), osds, size);
  }

  /**
   * The same for tests in which nobody is killed or stopped: what they count, an OSD that the
   * machine had no time for would count twice. An OSD that is gone is noticed all the same, one
   * that is only silent is not.
   */
  static TestCluster startCalm(int osds, int size) {
    return startCalm("", osds, size);
  }

  /** The same with more options for the JVMs of daemons. */
  static TestCluster startCalm(String options, int osds, int size) {
    return start(
        new TestCluster(freshDir(), "", CALM + " " + options),
        "--osds",
        "" + osds,
        "--size",
        "" + size);
  }

  /** As {@link #start(int, int)}, in a directory that the caller chose, and removes. */
  static TestCluster start(Path dir, int osds, int size) {
    return start(dir, "--osds", "" + osds, "--size", "" + size);
  }

  /** With options of {@code sluice cluster start}. */
  static TestCluster startWith(String... options) {
    return start(freshDir(), options);
  }

  /** With daemons whose network fails on purpose, calm otherwise. (messenger: Faults) */
  static TestCluster startFaulty(String faults, String... options) {
    return start(new TestCluster(freshDir(), faults, CALM), options);
  }

  /** What a daemon has logged so far. */
  String log(String daemon) {
    try {
      return Files.readString(dir.resolve(daemon + ".log"));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Waits until that daemon has written it. */
  void awaitLog(String daemon, String text) {
    Awaitility.await(daemon + " logs " + text)
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .until(() -> log(daemon).contains(text));
  }

  private static TestCluster start(Path dir, String... options) {
    return start(new TestCluster(dir), options);
  }

  private static TestCluster start(TestCluster cluster, String... options) {
    try {
      cluster
          .sluice(
              Stream.concat(Stream.of("cluster", "start"), Stream.of(options))
                  .toArray(String[]::new))
          .ok();
    } catch (RuntimeException | Error e) {
      cluster.close();
      throw e;
    }
    return cluster;
  }

  /** A directory without a cluster, for tests of what happens then. */
  static TestCluster unstarted() {
    return new TestCluster(freshDir());
  }

  private static Path freshDir() {
    try {
      Path base = Files.createDirectories(Path.of("target", "clusters").toAbsolutePath());
      return Files.createTempDirectory(base, "c");
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  Path dir() {
    return dir;
  }

  Path path(String name) {
    return dir.resolve(name);
  }

  /**
   * Runs {@code sluice ARGS --dir DIR} to its end: here, but for a few that need a process of their
   * own, as all do where the network fails.
   */
  Finished sluice(String... args) {
    List<String> line = new ArrayList<>(List.of(args));
    if (NOT_HERE.stream().anyMatch(line::contains) || !faults.isEmpty()) {
      return command(args).run();
    }
    line.addAll(List.of("--dir", dir.toString()));
    return CommandHere.run(line.toArray(String[]::new));
  }

  /** The same, not yet started. */
  Command command(String... args) {
    List<String> line = new ArrayList<>(Command.sluice());
    line.addAll(List.of(args));
    String always = Objects.requireNonNullElse(System.getenv("SLUICE_DAEMON_OPTS"), "");
    return new Command(line)
        .env("SLUICE_DIR", dir.toString())
        .env("SLUICE_FAULTS", faults)
        .env("SLUICE_DAEMON_OPTS", always + " " + options);
  }

  /** Runs Ceph's own tool with this cluster's ceph.conf. */
  Finished ceph(String tool, String... args) {
    List<String> line = new ArrayList<>(List.of(tool, "-c", dir.resolve("ceph.conf").toString()));
    line.addAll(List.of(args));
    return new Command(line).run();
  }

  /**
   * {@code perf dump} of one daemon, asked from here: a process for each question takes a second.
   * One that has just come up opens its admin socket a moment later.
   */
  JsonNode perf(String daemon) {
    return Awaitility.await(daemon + " answers on its admin socket")
        .pollDelay(Duration.ZERO)
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .ignoreExceptionsInstanceOf(IOException.class)
        .until(
            () -> JSON.readTree(AdminClient.ask(dir.resolve(daemon + ".asok"), "perf dump")),
            Objects::nonNull);
  }

  /** All daemons' process ids, monitor first. */
  List<Long> pids() {
    try (Stream<Path> files = Files.list(dir)) {
      return files
          .filter(f -> f.toString().endsWith(".pid"))
          .sorted()
          .map(TestCluster::pidIn)
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** Our own client, connected to this cluster. */
  Cluster connect() throws IOException, RadosException {
    ClusterConfig config = ClusterConfig.of(CephConf.read(dir.resolve("ceph.conf")).monHosts());
    return Cluster.connect(config.withConnectTimeout(Duration.ofSeconds(PATIENCE_SECONDS)));
  }

  long pid(String daemon) {
    return pidIn(dir.resolve(daemon + ".pid"));
  }

  void signal(String daemon, String signal) {
    if (signal.equals("9")) {
      kill(List.of(pid(daemon)));
    } else {
      new Command(List.of("kill", "-" + signal, "" + pid(daemon))).run().ok();
    }
  }

  /** SIGKILL to all of them at once. Returns when they have heard of it. */
  static void kill(List<Long> pids) {
    List<String> line = new ArrayList<>(List.of("kill", "-9"));
    pids.forEach(pid -> line.add("" + pid));
    new Command(line).run().ok();
    Awaitility.await("the end of " + pids)
        .pollDelay(Duration.ZERO)
        .pollInterval(Duration.ofMillis(5))
        .atMost(PATIENCE_SECONDS, TimeUnit.SECONDS)
        .until(() -> pids.stream().noneMatch(TestCluster::hasCommandLine));
  }

  /** What has ended, or is about to, has none any more. */
  static boolean hasCommandLine(long pid) {
    try {
      return Files.readAllBytes(Path.of("/proc", "" + pid, "cmdline")).length > 0;
    } catch (IOException gone) {
      return false;
    }
  }

  private static long pidIn(Path file) {
    try {
      return Long.parseLong(Files.readString(file).trim());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  @Override
  public void close() {
    boolean interrupted = Thread.interrupted(); // by the time limit of a test: stop it all the same
    try {
      stopAndRemove();
    } finally {
      if (interrupted) {
        Thread.currentThread().interrupt();
      }
    }
  }

  private void stopAndRemove() {
    if (Files.exists(dir.resolve("cluster.json"))) {
      Finished stopped = sluice("cluster", "stop");
      if (stopped.exit() != 0) {
        System.err.println("cluster stop: " + stopped);
      }
    }
    try {
      DaemonLogs.assertNoGuardThrew(dir);
    } finally {
      if (System.getProperty("keep.clusters") == null) {
        remove();
      }
    }
  }

  private void remove() {
    try (Stream<Path> all = Files.walk(dir)) {
      for (Path path : all.sorted(java.util.Comparator.reverseOrder()).toList()) {
        Files.deleteIfExists(path);
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
