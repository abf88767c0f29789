package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PgStats;
import io.sluice.types.PgId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** What the admin socket says of an OSD: maps of plain values, ready for JSON. */
record OsdReport(
    OsdIdentity identity,
    ClusterView view,
    SortedMap<PgId, PlacementGroup> groups,
    OsdCounters counters,
    Lease lease,
    MapArchive maps,
    Intake intake,
    OpTracker tracker) {

  /** Section {@code osd} of {@code perf dump}. */
  Map<String, Object> osd() {
    Map<String, Object> all = counters.snapshot();
    all.put("op_wip_bytes", intake.bytes());
    all.put("op_latency_percentiles", tracker.percentiles());
    all.put("slow_ops", tracker.blockedNow().count());
    all.put(
        "numpg", groups.values().stream().filter(group -> group.state() != PgState.STRAY).count());
    all.put(
        "numpg_primary",
        groups.values().stream().filter(group -> group.state().isPrimary()).count());
    return all;
  }

  /** The same with how full the store is. */
  Map<String, Object> osd(ObjectStore store) {
    Map<String, Object> all = osd();
    ObjectStore.Space space = store.space();
    all.put("stat_bytes", space.total());
    all.put("stat_bytes_used", space.total() - space.free());
    all.put("stat_bytes_avail", space.free());
    return all;
  }

  /** What the monitor is told. */
  OsdStats stats(ObjectStore store) {
    List<PgStats> primaries =
        groups.values().stream()
            .filter(group -> group.state().isPrimary())
            .map(group -> group.usage().stats(group, store, maps.newest()))
            .toList();
    ObjectStore.Space space = store.space();
    OpTracker.Slow slow = tracker.blockedNow();
    int oldest = (int) (slow.oldestNanos() / 1_000_000_000L);
    return new OsdStats(
        identity.osd(),
        space.total(),
        space.free(),
        primaries,
        slow.count(),
        oldest,
        counters.commits.nanosSinceLast(store.perf()));
  }

  /** How many placement groups are in which state. */
  Map<String, Object> pgStates() {
    Map<String, Object> states = new TreeMap<>();
    groups
        .values()
        .forEach(group -> states.merge(group.describe(), 1, (a, b) -> (int) a + (int) b));
    return states;
  }

  /** The answer to {@code status}, in Ceph's words. */
  Map<String, Object> status() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("cluster_fsid", identity.fsid().toString());
    all.put("whoami", identity.osd());
    all.put("addr", identity.published().toString());
    all.put("state", view == null ? "booting" : view.amUp() ? "active" : "down");
    all.put("oldest_map", maps.oldest());
    all.put("newest_map", maps.newest());
    all.put("num_pgs", groups.size());
    all.put("lease_left_ms", lease.leftNanos() / 1_000_000);
    Map<String, Object> each = new LinkedHashMap<>();
    groups.forEach((id, group) -> each.put(id.toString(), group.describe()));
    all.put("pgs", each);
    return all;
  }
}
