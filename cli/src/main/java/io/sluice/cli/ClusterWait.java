package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.client.Cluster;
import io.sluice.client.RadosException;
import io.sluice.protocol.OsdMap;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/** Waits for daemons just started, and says what is wrong as soon as one of them ends. */
final class ClusterWait {
  private static final long POLL_MILLIS = 50;
  private static final Duration ONE_TRY = Duration.ofSeconds(3);
  private static final String STATUS = "{\"prefix\":\"status\",\"format\":\"json\"}";

  private final ClusterDir dir;
  private final Map<DaemonProcess, Process> started;
  private final long deadlineNanos;

  ClusterWait(ClusterDir dir, Map<DaemonProcess, Process> started, Duration patience) {
    this.dir = dir;
    this.started = started;
    this.deadlineNanos = System.nanoTime() + patience.toNanos();
  }

  /** All OSDs up, and every placement group active. */
  void untilServing(int osds) throws IOException {
    try (ClusterClient client = connect()) {
      untilMap(client.cluster(), map -> upCount(map) >= osds, "the OSDs did not all come up");
      while (!allActive(status(client))) {
        pause("not all placement groups became active");
      }
    }
  }

  private JsonNode status(ClusterClient client) throws IOException {
    while (true) {
      try {
        return client.json(STATUS);
      } catch (RadosException e) {
        pause("the monitor stopped answering");
      }
    }
  }

  private static int upCount(OsdMap map) {
    int up = 0;
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      up += map.isUp(osd) ? 1 : 0;
    }
    return up;
  }

  /**
   * True when no placement group is in a state without the word "active". (ceph: status,
   * pgmap.pgs_by_state)
   */
  static boolean allActive(JsonNode status) {
    for (JsonNode state : status.path("pgmap").path("pgs_by_state")) {
      if (!state.path("state_name").asText().contains("active")) {
        return false;
      }
    }
    return true;
  }

  /** The OSD is up, in another life than the one that began in that epoch. */
  void untilUpAgain(int osd, int lastLife) throws IOException {
    try (ClusterClient client = connect()) {
      untilMap(
          client.cluster(),
          map -> map.isUp(osd) && map.osd(osd).life().upFrom() != lastLife,
          "osd." + osd + " did not come up");
    }
  }

  void untilMonitorAnswers() throws IOException {
    connect().close();
  }

  private ClusterClient connect() throws IOException {
    while (true) {
      try {
        return ClusterClient.tryConnect(dir, ONE_TRY);
      } catch (RadosException e) {
        pause("the monitor does not answer");
      }
    }
  }

  private void untilMap(Cluster cluster, Predicate<OsdMap> condition, String otherwise) {
    while (!condition.test(cluster.map())) {
      pause(otherwise);
    }
  }

  private void pause(String otherwise) {
    started.forEach(ClusterWait::checkAlive);
    if (System.nanoTime() > deadlineNanos) {
      throw new CommandFailure(otherwise + " in time; see the logs in " + dir.root());
    }
    try {
      TimeUnit.MILLISECONDS.sleep(POLL_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new CommandFailure("interrupted", e);
    }
  }

  private static void checkAlive(DaemonProcess daemon, Process process) {
    if (!process.isAlive()) {
      throw new CommandFailure(
          daemon.name()
              + " ended: "
              + daemon.lastWords()
              + " (log: "
              + daemon.dir().log(daemon.name())
              + ")");
    }
  }
}
