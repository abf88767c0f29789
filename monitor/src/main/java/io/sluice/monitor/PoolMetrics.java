package io.sluice.monitor;

import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolStats;
import java.util.List;
import java.util.Map;

/** Pools and the states of their placement groups in numbers, under Ceph's names. */
final class PoolMetrics {
  /** Those that the monitor's table can tell apart; Ceph has more. */
  private static final List<String> PG_STATES =
      List.of(
          "active",
          "clean",
          "degraded",
          "undersized",
          "down",
          "peered",
          "stale",
          "recovering",
          "remapped",
          "inconsistent");

  private PoolMetrics() {}

  static void add(Map<String, Number> all, MonState state, OsdReports reports) {
    Map<Long, PgSummary> groups = PgSummary.byPool(state, reports);
    long free = reports.freeBytes(state);
    for (PoolInfo pool : state.osdMap().pools()) {
      addFacts(all, pool, free);
      addStats(all, pool, reports.pool(state, pool), free);
      PgSummary of = groups.getOrDefault(pool.id(), PgSummary.NONE);
      put(all, "ceph_pg_total", pool, of.total());
      PG_STATES.forEach(word -> put(all, "ceph_pg_" + word, pool, of.in(word)));
    }
  }

  private static void put(Map<String, Number> all, String name, PoolInfo pool, Number value) {
    all.put(MonMetrics.series(name, "pool_id", Long.toString(pool.id())), value);
  }

  private static void addFacts(Map<String, Number> all, PoolInfo pool, long free) {
    String[] labels = {
      "pool_id",
      Long.toString(pool.id()),
      "name",
      pool.name(),
      "type",
      "replicated",
      "description",
      "replica:" + pool.size(),
      "compression_mode",
      "none"
    };
    all.put(MonMetrics.series("ceph_pool_metadata", labels), 1);
    put(all, "ceph_pool_quota_bytes", pool, pool.maxBytes());
    put(all, "ceph_pool_quota_objects", pool, pool.maxObjects());
    put(all, "ceph_pool_max_avail", pool, free / pool.size());
    put(all, "ceph_pool_avail_raw", pool, free);
    put(all, "ceph_pool_compress_bytes_used", pool, 0); // nothing is compressed
    put(all, "ceph_pool_compress_under_bytes", pool, 0);
  }

  private static void addStats(Map<String, Number> all, PoolInfo pool, PoolStats in, long free) {
    put(all, "ceph_pool_objects", pool, in.objects());
    put(all, "ceph_pool_stored", pool, in.bytes());
    put(all, "ceph_pool_stored_raw", pool, in.storedBytes());
    put(all, "ceph_pool_bytes_used", pool, in.allocatedBytes());
    put(all, "ceph_pool_percent_used", pool, StatusCommands.share(in.allocatedBytes(), free));
    put(all, "ceph_pool_rd", pool, in.reads());
    put(all, "ceph_pool_rd_bytes", pool, in.readKib() * 1024);
    put(all, "ceph_pool_wr", pool, in.writes());
    put(all, "ceph_pool_wr_bytes", pool, in.writtenKib() * 1024);
  }
}
