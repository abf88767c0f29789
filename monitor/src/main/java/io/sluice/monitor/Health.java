package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.MonMap;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgStats;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Whether the cluster is well, and what is wrong, in Ceph's words.
 *
 * @param checks worst first
 * @param mutes of those checks, and of some that may come
 */
record Health(List<Check> checks, List<HealthMute> mutes, UTime now) {
  /**
   * One thing that is wrong.
   *
   * @param code as Ceph calls it: OSD_DOWN, ...
   * @param error true for HEALTH_ERR
   */
  record Check(String code, boolean error, String summary, List<String> details) {
    int count() {
      return Math.max(1, details.size());
    }
  }

  static Health of(MonContext context) {
    return of(context.state(), context.reports(), context.now());
  }

  static Health of(MonState state, OsdReports reports, UTime now) {
    List<Check> checks = new ArrayList<>();
    absentMonitors(state, checks);
    OsdMap map = state.osdMap();
    List<String> down = new ArrayList<>();
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd) && map.isIn(osd) && !map.isUp(osd)) {
        down.add(
            "osd."
                + osd
                + " (root=default,host="
                + map.crush().hostOf(osd).orElse("?")
                + ") is down");
      }
    }
    PgSummary pgs = PgSummary.of(state, reports);
    if (pgs.inactive() > 0) {
      checks.add(
          new Check(
              "PG_AVAILABILITY",
              false,
              "Reduced data availability: " + pgs.inactive() + " pgs inactive",
              List.of()));
    }
    if (pgs.degraded() > 0) {
      checks.add(
          new Check(
              "PG_DEGRADED",
              false,
              "Degraded data redundancy: " + pgs.degraded() + " pgs degraded",
              List.of()));
    }
    damaged(state, reports, checks);
    FullStores.check(state, reports, checks);
    if (!down.isEmpty()) {
      checks.add(new Check("OSD_DOWN", false, down.size() + " osds down", down));
    }
    slow(state, reports, checks);
    List<String> untagged =
        map.pools().stream()
            .filter(pool -> pool.applications().keySet().stream().allMatch(PoolInfo::isSetting))
            .map(pool -> "application not enabled on pool '" + pool.name() + "'")
            .toList();
    if (!untagged.isEmpty()) {
      checks.add(
          new Check(
              "POOL_APP_NOT_ENABLED",
              false,
              untagged.size() + " pool(s) do not have an application enabled",
              untagged));
    }
    List<String> flags = MapFlags.names(map.flags() & MapFlags.SETTABLE);
    if (!flags.isEmpty()) {
      String summary = String.join(",", flags) + " flag(s) set";
      checks.add(new Check("OSDMAP_FLAGS", false, summary, List.of()));
    }
    List<HealthMute> mutes =
        HealthMute.of(state).stream().filter(mute -> !mute.isOver(now)).toList();
    return new Health(List.copyOf(checks), mutes, now);
  }

  private static void absentMonitors(MonState state, List<Check> checks) {
    List<MonMap.Mon> mons = state.monMap().mons();
    List<String> details = new ArrayList<>();
    for (int rank : state.absent()) {
      MonMap.Mon mon = mons.get(rank);
      String who = "mon." + mon.name() + " (rank " + rank + ") addr " + mon.addrs();
      details.add(who + " is down (out of quorum)");
    }
    if (!details.isEmpty()) {
      String down = details.size() + "/" + mons.size() + " mons down, quorum ";
      checks.add(new Check("MON_DOWN", false, down + state.quorumNames(), details));
    }
  }

  private static void damaged(MonState state, OsdReports reports, List<Check> checks) {
    List<String> damaged = new ArrayList<>();
    long errors = 0;
    for (PgEntry entry : state.pgs().entries()) {
      PgStats told = reports.group(entry.pg());
      if (told != null && told.inconsistent() > 0) {
        errors += told.inconsistent();
        String is = PgSummary.stateOf(entry, state, reports);
        damaged.add("pg " + entry.pg() + " is " + is + ", acting " + entry.acting());
      }
    }
    if (errors > 0) {
      checks.add(0, new Check("OSD_SCRUB_ERRORS", true, errors + " scrub errors", List.of()));
      String summary = "Possible data damage: " + damaged.size() + " pg inconsistent";
      checks.add(1, new Check("PG_DAMAGED", true, summary, damaged));
    }
  }

  private static void slow(MonState state, OsdReports reports, List<Check> checks) {
    List<String> who = new ArrayList<>();
    int count = 0;
    int oldest = 0;
    for (int osd : state.osds().keySet()) {
      OsdStats told = reports.store(osd);
      if (told != null && told.slowOps() > 0 && state.osdMap().isUp(osd)) {
        count += told.slowOps();
        oldest = Math.max(oldest, told.oldestSeconds());
        who.add("osd." + osd);
      }
    }
    if (count > 0) {
      String by =
          who.size() == 1 ? who.get(0) + " has" : "daemons [" + String.join(",", who) + "] have";
      String text =
          count + " slow ops, oldest one blocked for " + oldest + " sec, " + by + " slow ops";
      checks.add(new Check("SLOW_OPS", false, text, List.of()));
    }
  }

  private HealthMute mute(Check check) {
    return mutes.stream()
        .filter(mute -> mute.code().equals(check.code()))
        .filter(mute -> mute.sticky() || check.count() <= mute.count())
        .findFirst()
        .orElse(null);
  }

  /** The checks that are not muted. */
  List<Check> heard() {
    return checks.stream().filter(check -> mute(check) == null).toList();
  }

  /** Mutes whose check is gone, or got worse; those that last are not among them. */
  List<HealthMute> outlived() {
    return mutes.stream()
        .filter(mute -> !mute.sticky())
        .filter(
            mute ->
                checks.stream()
                    .noneMatch(c -> c.code().equals(mute.code()) && c.count() <= mute.count()))
        .toList();
  }

  /** {@code (muted: OSD_DOWN(59m) OSDMAP_FLAGS)}; empty when nothing is. */
  String muted() {
    if (mutes.isEmpty()) {
      return "";
    }
    return mutes.stream()
        .map(mute -> mute.code() + (mute.until() == 0 ? "" : "(" + mute.left(now) + ")"))
        .collect(Collectors.joining(" ", "(muted: ", ")"));
  }

  String status() {
    List<Check> heard = heard();
    if (heard.isEmpty()) {
      return "HEALTH_OK";
    }
    return heard.stream().anyMatch(Check::error) ? "HEALTH_ERR" : "HEALTH_WARN";
  }

  /** One line, as {@code ceph health} prints. */
  String line() {
    String all = heard().stream().map(Check::summary).collect(Collectors.joining("; "));
    String line = all.isEmpty() ? status() : status() + " " + all;
    return mutes.isEmpty() ? line : line + (all.isEmpty() ? " " : "; ") + muted();
  }

  String detailed() {
    StringBuilder text = new StringBuilder(line()).append('\n');
    for (Check check : checks) {
      HealthMute mute = mute(check);
      if (mute != null) {
        text.append("(MUTED").append(mute.until() == 0 ? "" : " ttl " + mute.left(now));
        text.append(mute.sticky() ? ", STICKY) " : ") ");
      }
      text.append(check.error() ? "[ERR] " : "[WRN] ")
          .append(check.code())
          .append(": ")
          .append(check.summary());
      text.append('\n');
      check.details().forEach(detail -> text.append("    ").append(detail).append('\n'));
    }
    return text.toString();
  }

  ObjectNode toJson() {
    return toJson(false);
  }

  ObjectNode toJson(boolean detail) {
    ObjectNode node = CommandCall.object();
    node.put("status", status());
    ObjectNode each = node.putObject("checks");
    for (Check check : checks) {
      ObjectNode one = each.putObject(check.code());
      one.put("severity", check.error() ? "HEALTH_ERR" : "HEALTH_WARN");
      one.putObject("summary").put("message", check.summary()).put("count", check.count());
      if (detail) {
        ArrayNode details = one.putArray("detail");
        check.details().forEach(line -> details.addObject().put("message", line));
      }
      one.put("muted", mute(check) != null);
    }
    ArrayNode all = node.putArray("mutes");
    mutes.forEach(mute -> all.add(mute.toJson()));
    return node;
  }
}
