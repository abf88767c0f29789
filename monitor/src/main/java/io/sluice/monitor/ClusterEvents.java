package io.sluice.monitor;

import io.sluice.protocol.MLog;
import io.sluice.protocol.OsdMap;
import io.sluice.types.AddrVec;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/**
 * What happens in the cluster, as lines of its log, in Ceph's words: OSDs that come and go, every
 * map, health that gets worse and better. Only the leader says it.
 *
 * <p>What happens while no monitor leads is in nobody's line. <b>Threads:</b> the monitor's loop.
 */
final class ClusterEvents {
  /** A new leader has heard of every OSD by then: what it thought before says nothing. */
  private static final long SETTLE_NANOS = 5_000_000_000L;

  /** How often checks are looked at for new ones. */
  private static final long LOOK_NANOS = 1_000_000_000L;

  /** How often a check that only changes its numbers is said. (mon_health_log_update_period) */
  private static final long UPDATE_NANOS = 5_000_000_000L;

  /** How often it is said that nothing changed. (mon_health_to_clog_interval) */
  private static final long OVERALL_NANOS = 3_600_000_000_000L;

  /** A check as it was said last. */
  private record Said(String summary, boolean error, long atNanos) {}

  private final MonContext context;
  private final ClusterLogWriter log;
  private final Map<Integer, String> reasons = new HashMap<>();
  private Map<String, Said> health = new LinkedHashMap<>();
  private long leadsSince = Long.MIN_VALUE;
  private long lookedAt;
  private long overallAt;
  private boolean settled;

  ClusterEvents(MonContext context, ClusterLogWriter log) {
    this.context = context;
    this.log = log;
  }

  /** Why an OSD will be down with one of the next maps: the end of the line about it. */
  void because(int osd, String reason) {
    reasons.put(osd, reason);
  }

  /** The monitor begins to lead, or ends. */
  void lead(boolean leads) {
    settled = false;
    reasons.clear();
    health.clear();
    leadsSince = leads ? context.uptimeNanos() : Long.MIN_VALUE;
    if (leads && context.state().exists()) {
      info("mon." + context.name() + " is new leader, " + quorum(context.state()));
    }
  }

  private static String quorum(MonState state) {
    String ranks =
        state.quorum().keySet().stream().map(String::valueOf).collect(Collectors.joining(","));
    return "mons " + state.quorumNames() + " in quorum (ranks " + ranks + ")";
  }

  /** A new state, which may have a new map. */
  void onState(MonState before, MonState after) {
    if (leadsSince == Long.MIN_VALUE || !before.exists()) {
      return;
    }
    if (!before.absent().equals(after.absent())) {
      info(quorum(after));
    }
    if (before.epoch() != after.epoch()) {
      onMap(before, after);
    }
  }

  private void onMap(MonState before, MonState after) {
    OsdMap was = before.osdMap();
    OsdMap is = after.osdMap();
    int up = 0;
    int in = 0;
    int all = 0;
    for (int osd = 0; osd < is.maxOsd(); osd++) {
      all += is.exists(osd) ? 1 : 0;
      up += is.isUp(osd) ? 1 : 0;
      in += is.exists(osd) && is.isIn(osd) ? 1 : 0;
      boolean wasUp = osd < was.maxOsd() && was.isUp(osd);
      if (wasUp && !is.isUp(osd)) {
        down(osd);
      } else if (is.isUp(osd) && (!wasUp || !was.addrs(osd).equals(is.addrs(osd)))) {
        reasons.remove(osd);
        info("osd." + osd + " " + words(is.addrs(osd)) + " boot");
      }
    }
    String counts = all + " total, " + up + " up, " + in + " in";
    log.add(MLog.Entry.DEBUG, MLog.Entry.CLUSTER, "osdmap e" + is.epoch() + ": " + counts);
  }

  private void down(int osd) {
    String reason = reasons.remove(osd);
    info("osd." + osd + " " + (reason == null ? "marked down" : reason));
  }

  /** One address without brackets, as Ceph writes it. */
  private static String words(AddrVec addrs) {
    return addrs.addrs().size() == 1 ? addrs.addrs().get(0).toString() : addrs.toString();
  }

  private void info(String text) {
    log.add(MLog.Entry.INFO, MLog.Entry.CLUSTER, text);
  }

  /** Looks at the cluster's health now and then. */
  void tick() {
    long now = context.uptimeNanos();
    boolean leads = leadsSince != Long.MIN_VALUE && context.state().exists();
    if (!leads || now - leadsSince < SETTLE_NANOS || now - lookedAt < LOOK_NANOS) {
      return;
    }
    lookedAt = now;
    Health is = Health.of(context);
    compare(is, now);
    unmute(is);
    if (!settled || now - overallAt >= OVERALL_NANOS) {
      settled = true;
      overallAt = now;
      log.add(worst(is), MLog.Entry.CLUSTER, "overall " + is.line());
    }
  }

  /** A mute ends with its time, with its check, or when that gets worse. */
  private void unmute(Health is) {
    List<HealthMute> gone = new ArrayList<>(is.outlived());
    HealthMute.of(context.state()).stream()
        .filter(mute -> mute.isOver(is.now()))
        .forEach(gone::add);
    gone.forEach(mute -> context.propose(mute.toRemoval()));
  }

  private static int worst(Health health) {
    return health.heard().isEmpty()
        ? MLog.Entry.INFO
        : priority(health.heard().stream().anyMatch(Health.Check::error));
  }

  private static int priority(boolean error) {
    return error ? MLog.Entry.ERROR : MLog.Entry.WARNING;
  }

  private void compare(Health is, long now) {
    Map<String, Said> next = new LinkedHashMap<>();
    for (Health.Check check : is.checks()) {
      Said before = health.get(check.code());
      boolean same =
          before != null
              && (before.summary().equals(check.summary()) || now - before.atNanos() < UPDATE_NANOS)
              && before.error() == check.error();
      next.put(check.code(), same ? before : new Said(check.summary(), check.error(), now));
      if (settled && !same) {
        String word = before == null ? "failed" : "update";
        String text = "Health check " + word + ": " + check.summary();
        log.add(priority(check.error()), MLog.Entry.CLUSTER, text + " (" + check.code() + ")");
      }
    }
    health.forEach(
        (code, said) -> {
          if (!next.containsKey(code)) {
            info("Health check cleared: " + code + " (was: " + said.summary() + ")");
          }
        });
    if (next.isEmpty() && !health.isEmpty()) {
      info("Cluster is now healthy");
    }
    health = next;
  }
}
