package io.sluice.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.client.CephConf;
import io.sluice.client.Cluster;
import io.sluice.client.ClusterConfig;
import io.sluice.client.IoContext;
import io.sluice.client.RadosException;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MMonCommandAck;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A command's connection to the cluster of a directory. <b>Owns</b> the client. */
final class ClusterClient implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final byte[] NO_INPUT = {};

  /** For a monitor of this machine that runs, and so will answer. */
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final Cluster cluster;

  private ClusterClient(Cluster cluster) {
    this.cluster = cluster;
  }

  /**
   * Connects to the cluster whose {@code ceph.conf} is in the directory; operations wait as long as
   * it takes.
   */
  static ClusterClient connect(ClusterDir dir) throws IOException {
    return connect(dir, Duration.ZERO);
  }

  /**
   * The same, with a bound.
   *
   * @param patience for each operation; zero = none
   */
  static ClusterClient connect(ClusterDir dir, Duration patience) throws IOException {
    if (!Files.exists(dir.conf())) {
      throw new CommandFailure(
          "no cluster in "
              + dir.root()
              + "; 'sluice cluster start --dir "
              + dir.root()
              + "' makes one");
    }
    if (dir.exists()) {
      refuseWithoutMonitor(dir);
    }
    return new ClusterClient(Cluster.connect(config(dir).withOpTimeout(patience)));
  }

  /** Connects to any cluster, ours or real Ceph, by its {@code ceph.conf}. */
  static ClusterClient connect(Path conf) throws IOException {
    if (!Files.isReadable(conf)) {
      throw new CommandFailure("cannot read " + conf + ": give -c the path of a ceph.conf");
    }
    return new ClusterClient(Cluster.connect(config(conf)));
  }

  /** Says at once what waiting would not change. */
  private static void refuseWithoutMonitor(ClusterDir dir) {
    ClusterSpec spec = dir.load();
    List<String> running =
        spec.daemons().stream()
            .filter(daemon -> new DaemonProcess(dir, daemon).running().isPresent())
            .map(ClusterSpec.Daemon::name)
            .toList();
    if (running.isEmpty()) {
      throw new CommandFailure(
          "the cluster in "
              + dir.root()
              + " is not running; 'sluice cluster start --dir "
              + dir.root()
              + "' starts it");
    }
    if (spec.mons().stream().noneMatch(mon -> running.contains(mon.name()))) {
      throw new CommandFailure(
          "no monitor is running in "
              + dir.root()
              + "; 'sluice cluster revive "
              + spec.mons().get(0).name()
              + " --dir "
              + dir.root()
              + "' starts it");
    }
  }

  /**
   * Connects to monitors that may not be there yet, with a bound for that and for each operation.
   */
  static ClusterClient tryConnect(ClusterDir dir, Duration patience) throws IOException {
    return new ClusterClient(
        Cluster.connect(config(dir).withConnectTimeout(patience).withOpTimeout(patience)));
  }

  private static ClusterConfig config(ClusterDir dir) throws IOException {
    return config(dir.conf()).withConnectTimeout(PATIENCE);
  }

  private static ClusterConfig config(Path conf) throws IOException {
    try {
      return ClusterConfig.of(CephConf.read(conf).monHosts());
    } catch (IllegalArgumentException e) {
      throw new CommandFailure(conf + ": " + e.getMessage(), e);
    }
  }

  Cluster cluster() {
    return cluster;
  }

  IoContext open(String pool) throws RadosException {
    return Cluster.await(cluster.open(pool));
  }

  /** The monitor's answer to a command given as JSON; fails when its result is negative. */
  MMonCommandAck command(String json) throws RadosException {
    MMonCommandAck ack = Cluster.await(cluster.command(json, NO_INPUT));
    if (ack.result() < 0) {
      String status = ack.status().isEmpty() ? "the monitor refused" : ack.status();
      throw new CommandFailure("Error " + errnoName(ack.result()) + ": " + status);
    }
    return ack;
  }

  private static String errnoName(int result) {
    return Errno.of(result).map(Errno::name).orElse("(" + -result + ")");
  }

  JsonNode json(String json) throws RadosException {
    return parse(command(json).output());
  }

  private static JsonNode parse(byte[] output) {
    try {
      return JSON.readTree(new String(output, StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      throw new CommandFailure("the monitor's answer is not JSON: " + e.getOriginalMessage(), e);
    }
  }

  /**
   * Runs a command given in words and prints what it says, as {@code ceph} does.
   *
   * @param format {@code json}, {@code json-pretty} or null for text
   */
  void run(List<String> words, String format, PrintStream out) throws RadosException {
    JsonNode table = json("{\"prefix\":\"get_command_descriptions\"}");
    MMonCommandAck ack = command(new MonWords(table).toJson(words, format));
    String output = new String(ack.output(), StandardCharsets.UTF_8);
    if (!output.isEmpty()) {
      out.print(output.endsWith("\n") ? output : output + "\n");
    }
    if (!ack.status().isEmpty()) {
      System.err.println(ack.status());
    }
  }

  @Override
  public void close() {
    cluster.close();
  }
}
