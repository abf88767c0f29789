package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * All placement groups of one map epoch with the minimal serving rule applied: the pure function
 * that decides who acts.
 *
 * <p>The rule, for each group of every new map: {@code up} is CRUSH's answer. If all of up is
 * current, up acts. Else the current members that are up act, those of up first in up's order, then
 * the others by id; that set is published as {@code pg_temp}. Else up acts in name only: nobody
 * there is current, and the group waits. Afterwards {@code current' = acting & current}, or current
 * unchanged when that is empty or acting has fewer members than min_size: nothing is acknowledged
 * then, so nobody misses anything. A group starts with the first non-empty up as current. An OSD
 * removed from the map leaves current, unless it is the last: such a group waits for ever rather
 * than start empty.
 *
 * <p>When a pool gets more groups, those that its old ones divide into begin with their parent's
 * current set, and with a new interval, as the divided ones do: nothing of before is taken for
 * something of after.
 *
 * <p><b>Invariants:</b> an acting set that may serve ({@link PgEntry#actingIsCurrent}) is a
 * non-empty subset of the current set before it, so it holds every acknowledged write; current
 * grows only by {@code recovered}.
 */
public final class PgTable {
  public static final PgTable EMPTY = new PgTable(0, new TreeMap<>());

  private final int epoch;
  private final SortedMap<PgId, PgEntry> entries;

  private PgTable(int epoch, SortedMap<PgId, PgEntry> entries) {
    this.epoch = epoch;
    this.entries = Collections.unmodifiableSortedMap(entries);
  }

  /** {@link #next(PgTable, OsdMap, Map)} without recoveries. */
  public static PgTable next(PgTable previous, OsdMap candidate) {
    return next(previous, candidate, Map.of());
  }

  /**
   * The table of the next epoch.
   *
   * @param candidate the next map; its pg_temp is ignored: publish {@code
   *     candidate.withPgTemp(table.pgTemp())}
   * @param recovered OSDs that a group's primary has given everything; those that are not up are
   *     ignored. The caller checks that the report is of the group's present interval
   * @throws IllegalArgumentException when a pool's pg_num became smaller: groups are never merged
   */
  public static PgTable next(
      PgTable previous, OsdMap candidate, Map<PgId, Set<Integer>> recovered) {
    SortedMap<PgId, PgEntry> entries = new TreeMap<>();
    for (PoolInfo pool : candidate.pools()) {
      int known = previous.countOf(pool.id());
      if (known > pool.pgNum()) {
        throw new IllegalArgumentException(
            "pool " + pool.name() + " had " + known + " groups and is to have " + pool.pgNum());
      }
      Set<PgId> divided = known == 0 ? Set.of() : divided(pool, known);
      for (PgId pg : pool.pgs()) {
        boolean born = known != 0 && pg.seed() >= known;
        PgId was = born ? parent(pg, known) : pg;
        Set<Integer> given = recovered.getOrDefault(pg, Set.of());
        PgEntry entry = entry(previous.entry(was), pg, pool.minSize(), candidate, given);
        entries.put(pg, born || divided.contains(pg) ? entry.since(candidate.epoch()) : entry);
      }
    }
    return new PgTable(candidate.epoch(), entries);
  }

  private static PgId parent(PgId child, int before) {
    return new PgId(child.pool(), ObjectHash.stableMod(child.seed(), before));
  }

  /** Those of the groups before that have objects of the groups that are new. */
  private static Set<PgId> divided(PoolInfo pool, int before) {
    Set<PgId> parents = new HashSet<>();
    for (int seed = before; seed < pool.pgNum(); seed++) {
      parents.add(parent(new PgId(pool.id(), seed), before));
    }
    return parents;
  }

  private static PgEntry entry(
      PgEntry before, PgId pg, int minSize, OsdMap map, Set<Integer> recovered) {
    PgMapping mapping = map.upMapping(pg);
    Set<Integer> current = new TreeSet<>(before == null ? List.of() : before.current());
    if (current.stream().anyMatch(map::exists)) {
      current.removeIf(osd -> !map.exists(osd));
    }
    if (current.isEmpty()) {
      current.addAll(mapping.up());
    } else {
      recovered.stream().filter(map::isUp).forEach(current::add);
    }
    List<Integer> acting = mapping.up();
    int primary = mapping.upPrimary();
    if (!current.containsAll(mapping.up()) || mapping.up().isEmpty()) {
      List<Integer> alive = aliveCurrent(current, mapping.up(), map);
      if (!alive.isEmpty()) {
        acting = alive;
        primary = alive.get(0);
      }
    }
    Set<Integer> still = new TreeSet<>(acting);
    still.retainAll(current);
    boolean same =
        before != null
            && before.up().equals(mapping.up())
            && before.acting().equals(acting)
            && before.primary() == primary;
    int since = same ? before.intervalSince() : map.epoch();
    boolean mayWrite = !still.isEmpty() && acting.size() >= minSize;
    return new PgEntry(
        pg, since, mapping.up(), acting, primary, List.copyOf(mayWrite ? still : current));
  }

  private static List<Integer> aliveCurrent(Set<Integer> current, List<Integer> up, OsdMap map) {
    List<Integer> alive = new ArrayList<>(up);
    alive.retainAll(current);
    current.stream().filter(map::isUp).filter(osd -> !up.contains(osd)).forEach(alive::add);
    return alive;
  }

  /** The pg_temp to publish in the map of this epoch: acting sets that are not simply up. */
  public SortedMap<PgId, List<Integer>> pgTemp() {
    SortedMap<PgId, List<Integer>> temp = new TreeMap<>();
    for (PgEntry entry : entries.values()) {
      if (!entry.acting().equals(entry.up())) {
        temp.put(entry.pg(), entry.acting());
      }
    }
    return temp;
  }

  public int epoch() {
    return epoch;
  }

  public Collection<PgEntry> entries() {
    return entries.values();
  }

  /** The entry of a group, or null when there is no such group. */
  public PgEntry entry(PgId pg) {
    return entries.get(pg);
  }

  private int countOf(long pool) {
    return entries.subMap(new PgId(pool, 0), new PgId(pool + 1, 0)).size();
  }

  /** {@code v1 { le32 epoch | list<PgEntry> }}. */
  public void encode(Encoder to) {
    int mark = to.begin(1, 1);
    to.le32(epoch).list(entries.values(), (each, entry) -> entry.encode(each));
    to.end(mark);
  }

  public static PgTable decode(Decoder from) {
    Decoder.Struct struct = from.begin(1, "PgTable");
    int epoch = from.le32();
    List<PgEntry> list = from.list(PgEntry::decode);
    from.end(struct);
    return of(epoch, list);
  }

  /** A table of entries as they came in a ClusterMap message. */
  public static PgTable of(int epoch, Collection<PgEntry> list) {
    SortedMap<PgId, PgEntry> entries = new TreeMap<>();
    list.forEach(entry -> entries.put(entry.pg(), entry));
    return new PgTable(epoch, entries);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof PgTable that && epoch == that.epoch && entries.equals(that.entries);
  }

  @Override
  public int hashCode() {
    return entries.hashCode();
  }

  @Override
  public String toString() {
    return "pg table e" + epoch + " of " + entries.size() + " groups";
  }
}
