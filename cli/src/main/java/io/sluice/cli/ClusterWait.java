package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.client.RadosException;
import java.io.IOException;
import java.time.Duration;
import java.util.Collection;
import java.util.Iterator;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Waits for daemons just started, and says what is wrong as soon as one of them ends. An OSD may be
 * allowed to end: then it is waited for no longer, and remembered.
 */
final class ClusterWait {
  private static final ObjectMapper JSON = new ObjectMapper();
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

  /** All OSDs up as they are now, but those that were lost, and every placement group active. */
  void untilServing() throws IOException {
    try (ClusterClient client = connect()) {
      untilActive("the OSDs did not all come up");
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

  /**
   * Each OSD by its own word: what a monitor says may still mean a life that ended without a word.
   */
  private void untilActive(String otherwise) {
    while (!started.keySet().stream().allMatch(this::isActive)) {
      pause(otherwise);
    }
  }

  private boolean isActive(DaemonProcess process) {
    if (process.daemon().isMon()) {
      return true;
    }
    try {
      String status = AdminClient.ask(dir.adminSocket(process.name()), "status");
      return JSON.readTree(status).path("state").asText().equals("active");
    } catch (IOException e) {
      return false; // does not listen yet
    }
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

  /** The OSD knows that the monitor has it up. */
  void untilUp() {
    untilActive("it did not come up");
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
