package io.sluice.monitor;

import io.sluice.protocol.MgrMap;
import io.sluice.protocol.MonMap;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdStats;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The cluster in numbers, under the names that Ceph's manager gives them in its Prometheus module.
 * As there, one daemon tells them, the monitor that leads: sums and counts over all that are
 * scraped come out right.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class MonMetrics {
  /** Those flags of the map that Ceph exports. */
  private static final List<String> FLAGS =
      List.of(
          "noup",
          "nodown",
          "noout",
          "noin",
          "nobackfill",
          "norebalance",
          "norecover",
          "noscrub",
          "nodeep-scrub");

  private final MonContext context;

  /** Health checks that failed since this monitor leads, and how bad each was. */
  private final Map<String, String> failed = new TreeMap<>();

  private int elected;

  MonMetrics(MonContext context) {
    this.context = context;
  }

  /** The monitor leads from now on, or follows. */
  void lead(boolean leads) {
    failed.clear();
    elected += leads ? 1 : 0;
  }

  /**
   * Names with their labels, as Prometheus writes them, and values.
   *
   * @param sessions that are open
   * @param opened sessions since the monitor started
   */
  Map<String, Number> now(int sessions, long opened) {
    Map<String, Number> all = new LinkedHashMap<>();
    String self = series("", "ceph_daemon", "mon." + context.name());
    all.put("sluice_mon_leader" + self, context.isLeader() ? 1 : 0);
    all.put("ceph_mon_num_sessions" + self, sessions);
    all.put("ceph_mon_session_add" + self, opened);
    all.put("ceph_mon_session_rm" + self, opened - sessions);
    all.put("ceph_mon_election_win" + self, elected);
    MonState state = context.state();
    if (state.exists() && context.isLeader()) {
      addHealth(all);
      addMonitors(all);
      addManager(all);
      addOsds(all);
      PoolMetrics.add(all, state, context.reports());
      all.put("sluice_osdmap_epoch", state.epoch());
    } else if (context.leader().isEmpty()) {
      all.put("ceph_mon_quorum_status" + self, 0); // it knows nobody who leads it
    }
    return all;
  }

  /** {@code name{label="value",...}}. */
  static String series(String name, String... labels) {
    StringBuilder text = new StringBuilder(name).append('{');
    for (int i = 0; i < labels.length; i += 2) {
      text.append(i == 0 ? "" : ",").append(labels[i]).append("=\"");
      text.append(escaped(labels[i + 1])).append('"');
    }
    return text.append('}').toString();
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }

  private void addHealth(Map<String, Number> all) {
    Health health = Health.of(context);
    String status = health.status();
    all.put(
        "ceph_health_status",
        status.equals("HEALTH_OK") ? 0 : status.equals("HEALTH_WARN") ? 1 : 2);
    for (Health.Check check : health.checks()) {
      failed.putIfAbsent(check.code(), check.error() ? "HEALTH_ERR" : "HEALTH_WARN");
    }
    failed.forEach(
        (code, severity) ->
            all.put(
                series("ceph_health_detail", "name", code, "severity", severity),
                health.checks().stream().anyMatch(check -> check.code().equals(code)) ? 1 : 0));
  }

  private void addMonitors(Map<String, Number> all) {
    MonState state = context.state();
    List<MonMap.Mon> mons = state.monMap().mons();
    for (int rank = 0; rank < mons.size(); rank++) {
      String daemon = "mon." + mons.get(rank).name();
      all.put(
          series("ceph_mon_quorum_status", "ceph_daemon", daemon),
          state.absent().contains(rank) ? 0 : 1);
      String[] labels = {
        "ceph_daemon", daemon,
        "hostname", "", // monitors are not told each other's
        "public_addr", ip(mons.get(rank).addrs()),
        "rank", Integer.toString(rank),
        "ceph_version", ClusterCommands.versionText()
      };
      all.put(series("ceph_mon_metadata", labels), 1);
    }
  }

  private void addManager(Map<String, Number> all) {
    MgrMap map = context.manager();
    if (!map.active().addrs().isEmpty()) {
      String daemon = "mgr." + map.name();
      all.put(series("ceph_mgr_status", "ceph_daemon", daemon), 1);
      String version = ClusterCommands.versionText();
      String[] labels = {"ceph_daemon", daemon, "hostname", "", "ceph_version", version};
      all.put(series("ceph_mgr_metadata", labels), 1);
    }
  }

  private void addOsds(Map<String, Number> all) {
    MonState state = context.state();
    OsdMap map = state.osdMap();
    List<String> set = MapFlags.names(map.flags());
    for (String flag : FLAGS) {
      all.put("ceph_osd_flag_" + flag.replace('-', '_'), set.contains(flag) ? 1 : 0);
    }
    int slow = 0;
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd)) {
        addOsd(all, map, osd);
        OsdStats told = context.reports().store(osd);
        if (told != null) {
          addReport(all, osd, told);
          slow += map.isUp(osd) ? told.slowOps() : 0;
        }
      }
    }
    all.put("ceph_healthcheck_slow_ops", slow);
    long used = context.reports().usedBytes(state);
    all.put("ceph_cluster_total_bytes", context.reports().totalBytes(state));
    all.put("ceph_cluster_total_used_bytes", used);
    all.put("ceph_cluster_total_used_raw_bytes", used);
  }

  private static void addOsd(Map<String, Number> all, OsdMap map, int osd) {
    String label = series("", "ceph_daemon", "osd." + osd);
    all.put("ceph_osd_up" + label, map.isUp(osd) ? 1 : 0);
    all.put("ceph_osd_in" + label, map.isIn(osd) ? 1 : 0);
    all.put("ceph_osd_weight" + label, OsdMapCommands.share(map.osd(osd).weight()));
    if (map.addrs(osd).addrs().isEmpty()) {
      return; // it never was there: nothing is known of it
    }
    String[] labels = {
      "back_iface",
      "",
      "ceph_daemon",
      "osd." + osd,
      "cluster_addr",
      ip(map.clusterAddrs(osd)),
      "device_class",
      "",
      "front_iface",
      "",
      "hostname",
      map.crush().hostOf(osd).orElse(""),
      "objectstore",
      "sluice",
      "public_addr",
      ip(map.addrs(osd)),
      "ceph_version",
      ClusterCommands.versionText()
    };
    all.put(series("ceph_osd_metadata", labels), 1);
  }

  private static void addReport(Map<String, Number> all, int osd, OsdStats told) {
    String daemon = "osd." + osd;
    long millis = told.commitNanos() / 1_000_000;
    all.put(series("ceph_osd_commit_latency_ms", "ceph_daemon", daemon), millis);
    all.put(series("ceph_osd_apply_latency_ms", "ceph_daemon", daemon), millis);
    all.put(
        series("ceph_daemon_health_metrics", "type", "SLOW_OPS", "ceph_daemon", daemon),
        told.slowOps());
  }

  private static String ip(AddrVec addrs) {
    EntityAddr addr = addrs.msgr2();
    return addr.ip() == null ? "" : addr.ip();
  }
}
