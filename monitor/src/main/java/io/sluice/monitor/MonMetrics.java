package io.sluice.monitor;

import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolStats;
import io.sluice.types.UTime;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * The cluster in numbers, under the names that Ceph's manager gives them in its Prometheus module.
 */
final class MonMetrics {
  private MonMetrics() {}

  /**
   * Names with their labels, as Prometheus writes them, and values; what OSDs report, of the leader
   * only: its followers know it too, but three monitors would count everything three times.
   */
  static Map<String, Number> of(MonState state, OsdReports reports, boolean leader, String name) {
    Map<String, Number> all = new LinkedHashMap<>();
    all.put("ceph_mon_quorum_status{ceph_daemon=\"mon." + name + "\"}", 1);
    all.put("sluice_mon_leader{ceph_daemon=\"mon." + name + "\"}", leader ? 1 : 0);
    if (!state.exists()) {
      return all;
    }
    all.put("ceph_health_status", severity(Health.of(state, reports, UTime.ZERO).status()));
    all.put("ceph_cluster_total_bytes", reports.totalBytes(state));
    if (leader) {
      all.put("ceph_cluster_total_used_bytes", reports.usedBytes(state));
    }
    all.put("ceph_osdmap_epoch", state.epoch());
    OsdMap map = state.osdMap();
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd)) {
        String label = "{ceph_daemon=\"osd." + osd + "\"}";
        all.put("ceph_osd_up" + label, map.isUp(osd) ? 1 : 0);
        all.put("ceph_osd_in" + label, map.isIn(osd) ? 1 : 0);
        all.put("ceph_osd_weight" + label, OsdMapCommands.share(map.osd(osd).weight()));
        if (leader) {
          all.put("ceph_osd_stat_bytes_used" + label, reports.usedBytes(osd));
        }
      }
    }
    for (PoolInfo pool : map.pools()) {
      addPool(all, pool);
      if (leader) {
        addStats(all, pool, reports.pool(state, pool));
      }
    }
    PgSummary pgs = PgSummary.of(state, reports);
    for (String each :
        new String[] {
          "active", "clean", "degraded", "undersized", "down", "peered", "inconsistent"
        }) {
      all.put("ceph_pg_" + each, pgs.in(each));
    }
    return all;
  }

  private static void addPool(Map<String, Number> all, PoolInfo pool) {
    String label = "{pool_id=\"" + pool.id() + "\"}";
    String name = ",name=\"" + escaped(pool.name()) + "\"}";
    all.put("ceph_pg_total" + label, pool.pgNum());
    all.put("ceph_pool_metadata{pool_id=\"" + pool.id() + "\"" + name, 1);
  }

  private static void addStats(Map<String, Number> all, PoolInfo pool, PoolStats stats) {
    String label = "{pool_id=\"" + pool.id() + "\"}";
    all.put("ceph_pool_objects" + label, stats.objects());
    all.put("ceph_pool_stored" + label, stats.bytes());
    all.put("ceph_pool_bytes_used" + label, stats.allocatedBytes());
    all.put("ceph_pool_rd" + label, stats.reads());
    all.put("ceph_pool_rd_bytes" + label, stats.readKib() * 1024);
    all.put("ceph_pool_wr" + label, stats.writes());
    all.put("ceph_pool_wr_bytes" + label, stats.writtenKib() * 1024);
  }

  private static int severity(String status) {
    return status.equals("HEALTH_OK") ? 0 : status.equals("HEALTH_WARN") ? 1 : 2;
  }

  private static String escaped(String text) {
    return text.replace("\\", "\\\\").replace("\"", "\\\"").replace("\n", "\\n");
  }
}
