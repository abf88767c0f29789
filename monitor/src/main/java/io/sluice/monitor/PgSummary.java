package io.sluice.monitor;

import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgStats;
import io.sluice.protocol.PoolInfo;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The states of placement groups in Ceph's words, as far as the monitor's table tells (it knows who
 * is current, not how far a recovery is), and what their primaries say beside that: that their last
 * scrub found them inconsistent, or that a member's full store keeps them from recovering.
 *
 * @param counts number of groups by state
 */
record PgSummary(Map<String, Integer> counts, int total) {

  static final PgSummary NONE = new PgSummary(Map.of(), 0);

  private static final List<String> TOLD = List.of("backfill_toofull", "recovery_toofull");

  static PgSummary of(MonState state, OsdReports reports) {
    Map<String, Integer> counts = new TreeMap<>();
    for (PgEntry entry : state.pgs().entries()) {
      counts.merge(stateOf(entry, state, reports), 1, Integer::sum);
    }
    return new PgSummary(counts, state.pgs().entries().size());
  }

  /** The same of each pool that has groups, by its id. */
  static Map<Long, PgSummary> byPool(MonState state, OsdReports reports) {
    Map<Long, Map<String, Integer>> counts = new TreeMap<>();
    for (PgEntry entry : state.pgs().entries()) {
      counts
          .computeIfAbsent(entry.pg().pool(), pool -> new TreeMap<>())
          .merge(stateOf(entry, state, reports), 1, Integer::sum);
    }
    Map<Long, PgSummary> all = new TreeMap<>();
    counts.forEach(
        (pool, of) ->
            all.put(
                pool, new PgSummary(of, of.values().stream().mapToInt(Integer::intValue).sum())));
    return all;
  }

  static String stateOf(PgEntry entry, MonState state, OsdReports reports) {
    String known = tableState(entry, state.osdMap().pool(entry.pg().pool()));
    PgStats told = reports.group(entry.pg());
    if (told == null) {
      return known;
    }
    StringBuilder all = new StringBuilder(known);
    List<String> says = List.of(told.state().split("\\+"));
    TOLD.stream().filter(says::contains).forEach(word -> all.append('+').append(word));
    return (told.inconsistent() == 0 ? all : all.append("+inconsistent")).toString();
  }

  /** What the table alone says. */
  private static String tableState(PgEntry entry, PoolInfo pool) {
    if (entry.acting().isEmpty()) {
      return "stale+down";
    }
    if (!entry.actingIsCurrent()) {
      return "down"; // up, but whoever holds what was acknowledged is not
    }
    StringBuilder state =
        new StringBuilder(entry.acting().size() >= pool.minSize() ? "active" : "undersized+peered");
    if (entry.acting().size() < pool.size()) {
      state.append(state.indexOf("undersized") < 0 ? "+undersized" : "").append("+degraded");
    }
    if (entry.hasStaleUp()) {
      state.append("+recovering");
    }
    if (!entry.acting().equals(entry.up())) {
      state.append("+remapped");
    }
    return state.toString().equals("active") ? "active+clean" : state.toString();
  }

  /** Groups whose state has that word. */
  int in(String word) {
    return counts.entrySet().stream()
        .filter(each -> List.of(each.getKey().split("\\+")).contains(word))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** Groups that serve nothing now. */
  int inactive() {
    return counts.entrySet().stream()
        .filter(e -> !e.getKey().startsWith("active"))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** Groups that have fewer copies than they should. */
  int degraded() {
    return counts.entrySet().stream()
        .filter(e -> e.getKey().contains("degraded") || e.getKey().contains("recovering"))
        .mapToInt(Map.Entry::getValue)
        .sum();
  }

  /** {@code 30 active+clean, 2 down}. */
  @Override
  public String toString() {
    return counts.entrySet().stream()
        .map(e -> e.getValue() + " " + e.getKey())
        .collect(Collectors.joining(", "));
  }
}
