package io.sluice.cli;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One daemon as this whole process: started, served by an admin socket, closed on SIGTERM or
 * SIGINT.
 *
 * <p><b>Threads:</b> {@link #run} blocks its caller until the process ends.
 */
final class DaemonMain {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonMain.class);

  private DaemonMain() {}

  /** A daemon, not yet started. */
  interface Daemon {
    /** Blocks until it serves. The error says in one line what is wrong. */
    void start() throws IOException;

    /** Blocks until all is put away. */
    void close() throws IOException;

    /** What its admin socket answers. */
    Map<String, AdminSocket.Command> commands();

    /** What Prometheus is told. */
    String metrics();
  }

  /**
   * Where others can ask a daemon how it is.
   *
   * @param adminSocket where to make it, or null for none
   * @param metricsPort null for none
   */
  record Doors(Path adminSocket, HostPort listen, Integer metricsPort) {}

  static int run(String name, Daemon daemon, Doors doors) throws IOException {
    CountDownLatch closed = new CountDownLatch(1);
    AdminSocket[] socket = new AdminSocket[1];
    daemon.start();
    Runtime.getRuntime()
        .addShutdownHook(
            new Thread(
                () -> {
                  stop(name, daemon, socket[0]);
                  closed.countDown();
                },
                "stop"));
    if (doors.adminSocket() != null) {
      socket[0] = new AdminSocket(doors.adminSocket(), daemon.commands());
    }
    if (doors.metricsPort() != null) {
      InetAddress ip = InetAddress.getByName(doors.listen().ip());
      new MetricsServer(ip, doors.metricsPort(), daemon::metrics); // ends with the process
    }
    try {
      closed.await();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
    return 0;
  }

  /** Ends the process with 0: it was asked to stop, and did. */
  private static void stop(String name, Daemon daemon, AdminSocket socket) {
    LOG.info("{} stops", name);
    int exitCode = 0;
    try {
      if (socket != null) {
        socket.close();
      }
      daemon.close();
      LOG.info("{} stopped", name);
    } catch (IOException | RuntimeException e) {
      LOG.error("{} did not stop cleanly", name, e);
      exitCode = CommandFailure.REFUSED;
    }
    Runtime.getRuntime().halt(exitCode);
  }

  /** Says so when whoever reaches the address may do anything. */
  static void warnWhenOpen(String name, HostPort addr) {
    if (!addr.isLoopback()) {
      LOG.warn(
          "{} listens on {} without authentication: whoever reaches this address can read and change everything",
          name,
          addr);
    }
  }
}
