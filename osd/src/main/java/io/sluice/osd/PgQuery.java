package io.sluice.osd;

import io.sluice.protocol.PgEntry;
import io.sluice.types.PgId;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The answer to {@code ceph pg PG query}: plain values, ready for JSON, in Ceph's words. */
final class PgQuery {
  private PgQuery() {}

  /** Null when this OSD has no such group. */
  static Map<String, Object> of(PlacementGroup group, ClusterView view) {
    PgEntry entry = group == null || view == null ? null : view.pgs().entry(group.id());
    if (entry == null) {
      return null;
    }
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("pgid", group.id().toString());
    all.put("state", group.describe());
    all.put("epoch", view.epoch());
    all.put("up", entry.up());
    all.put("acting", entry.acting());
    all.put("acting_primary", entry.primary());
    all.put("current", entry.current());
    Map<String, Object> info = new LinkedHashMap<>();
    info.put("same_interval_since", entry.intervalSince());
    info.put("last_update", group.store().info().lastUpdate().toString());
    info.put("last_user_version", group.store().info().lastUserVersion());
    all.put("info", info);
    return all;
  }

  /**
   * The answer to {@code list_unfound}.
   *
   * @param group as {@link #of} describes it
   */
  static Map<String, Object> nothingUnfound(Object group) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("num_missing", 0);
    all.put("num_unfound", 0);
    all.put("objects", List.of());
    all.put("state", ((Map<?, ?>) group).get("state"));
    all.put("available_might_have_unfound", true);
    all.put("might_have_unfound", List.of());
    all.put("more", false);
    return all;
  }

  /** Null when it is no id of a group. */
  static PgId parse(String text) {
    try {
      return PgId.parse(text);
    } catch (IllegalArgumentException e) {
      return null;
    }
  }
}
