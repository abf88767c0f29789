package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.client.Cluster;
import io.sluice.client.RadosException;
import io.sluice.protocol.OsdMap;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Waits for daemons just started, and says what is wrong as soon as one of them ends. An OSD may be
 * allowed to end: then it is waited for no longer, and remembered.
 */
final class ClusterWait {
  private static final long POLL_MILLIS = 50;
  private static final Duration ONE_TRY = Duration.ofSeconds(3);
  private static final String STATUS = "{\"prefix\":\"status\",\"format\":\"json\"}";

  private final ClusterDir dir;
  private final Map<DaemonProcess, Process> started;
  private final long deadlineNanos;
  private final boolean withoutLostOsds;
  private final Map<DaemonProcess, String> lost = new LinkedHashMap<>();

  ClusterWait(ClusterDir dir, Map<DaemonProcess, Process> started, Duration patience) {
    this(dir, started, patience, false);
  }

  /**
   * @param withoutLostOsds go on waiting for the others when an OSD ends
   */
  ClusterWait(
      ClusterDir dir,
      Map<DaemonProcess, Process> started,
      Duration patience,
      boolean withoutLostOsds) {
    this.dir = dir;
    this.started = new LinkedHashMap<>(started);
    this.deadlineNanos = System.nanoTime() + patience.toNanos();
    this.withoutLostOsds = withoutLostOsds;
  }

  /** What those OSDs said that ended meanwhile. */
  Collection<String> lost() {
    return lost.values();
  }

  /** All OSDs up but those that were lost, and every placement group active. */
  void untilServing() throws IOException {
    try (ClusterClient client = connect()) {
      untilMap(client.cluster(), this::allUp, "the OSDs did not all come up");
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

  private boolean allUp(OsdMap map) {
    return started.keySet().stream()
        .filter(process -> !process.daemon().isMon())
        .allMatch(process -> map.isUp(Integer.parseInt(process.daemon().id())));
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
    checkAlive();
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

  private void checkAlive() {
    for (Iterator<Map.Entry<DaemonProcess, Process>> each = started.entrySet().iterator();
        each.hasNext(); ) {
      Map.Entry<DaemonProcess, Process> next = each.next();
      if (next.getValue().isAlive()) {
        continue;
      }
      String ended = lastWords(next.getKey());
      if (!withoutLostOsds || next.getKey().daemon().isMon()) {
        throw new CommandFailure(ended);
      }
      lost.put(next.getKey(), ended);
      each.remove();
    }
    if (!lost.isEmpty() && started.keySet().stream().allMatch(p -> p.daemon().isMon())) {
      throw new CommandFailure(String.join("; ", lost.values()));
    }
  }

  private static String lastWords(DaemonProcess daemon) {
    return daemon.name()
        + " ended: "
        + daemon.lastWords()
        + " (log: "
        + daemon.dir().log(daemon.name())
        + ")";
  }
}
