package io.sluice.cli;

import com.fasterxml.jackson.core.JacksonException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.cli.ClusterSpec.Daemon;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;

/**
 * The directory of a local cluster.
 *
 * <pre>
 * DIR/cluster.json     what the cluster consists of (ClusterSpec)
 * DIR/ceph.conf        for our clients and Ceph's own
 * DIR/mon.a/ osd.0/    a daemon's data
 * DIR/NAME.log .pid .asok   its log, its process id while it runs, its admin socket
 * </pre>
 */
record ClusterDir(Path root) {
  static final String LOOPBACK = "127.0.0.1";

  /**
   * Linux takes 107 bytes of path for a unix socket; the longest name here is {@code
   * /osd.9999.asok}.
   */
  private static final int SOCKET_PATH_MAX = 107;

  ClusterDir {
    root = root.toAbsolutePath().normalize();
  }

  boolean exists() {
    return Files.exists(specFile());
  }

  Path specFile() {
    return root.resolve("cluster.json");
  }

  Path conf() {
    return root.resolve("ceph.conf");
  }

  Path data(String daemon) {
    return root.resolve(daemon);
  }

  Path log(String daemon) {
    return root.resolve(daemon + ".log");
  }

  Path pidFile(String daemon) {
    return root.resolve(daemon + ".pid");
  }

  Path adminSocket(String daemon) {
    return root.resolve(daemon + ".asok");
  }

  ClusterSpec load() {
    if (!exists()) {
      throw new CommandFailure(
          "no cluster in " + root + "; 'sluice cluster start --dir " + root + "' makes one");
    }
    try {
      return new ObjectMapper().readValue(specFile().toFile(), ClusterSpec.class);
    } catch (JacksonException e) {
      throw new CommandFailure(specFile() + " is damaged: " + e.getOriginalMessage(), e);
    } catch (IOException e) {
      throw new CommandFailure("cannot read " + specFile() + ": " + ErrorLine.words(e), e);
    }
  }

  /** Makes the directory; its specification appears whole or not at all. */
  void create(ClusterSpec spec) {
    if (root.resolve("osd.9999.asok").toString().length() > SOCKET_PATH_MAX) {
      throw new CommandFailure(
          root + " is too long a path for admin sockets; choose a shorter --dir");
    }
    try {
      Files.createDirectories(root);
      Files.writeString(conf(), confText(spec));
      Path draft = root.resolve("cluster.json.new");
      new ObjectMapper().writerWithDefaultPrettyPrinter().writeValue(draft.toFile(), spec);
      Files.move(draft, specFile(), StandardCopyOption.ATOMIC_MOVE);
    } catch (IOException e) {
      throw new CommandFailure("cannot make a cluster in " + root + ": " + ErrorLine.words(e), e);
    }
  }

  private String confText(ClusterSpec spec) {
    StringBuilder text = new StringBuilder();
    text.append("# Written by 'sluice cluster start'. Ceph's own clients use it: export CEPH_CONF=")
        .append(conf())
        .append('\n');
    text.append("[global]\nfsid = ").append(spec.fsid()).append('\n');
    text.append("mon host = ").append(spec.monHost()).append('\n');
    text.append(
        "auth cluster required = none\nauth service required = none\nauth client required = none\n");
    text.append("osd pool default size = ").append(spec.size()).append('\n');
    text.append("[mon]\nadmin socket = ").append(root.resolve("$name.asok")).append('\n');
    text.append("[osd]\nadmin socket = ").append(root.resolve("$name.asok")).append('\n');
    for (Daemon daemon : spec.daemons()) {
      text.append('[').append(daemon.name()).append("]\nhost = localhost\n");
    }
    return text.toString();
  }
}
