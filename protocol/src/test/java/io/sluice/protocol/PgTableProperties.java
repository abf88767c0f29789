package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;

/**
 * A model of what OSDs hold beside the table: whenever a group may serve, with min_size members or
 * more, every acting OSD takes one more write; then no group may ever serve from an OSD that lacks
 * an acknowledged one.
 */
@Tag("long")
class PgTableProperties {
  private static final int OSDS = 6;

  private final Map<PgId, Integer> acknowledged = new HashMap<>();
  private final Map<PgId, int[]> held = new HashMap<>();
  private final Map<PgId, int[]> heldBefore = new HashMap<>();
  private Map<PgId, Integer> acknowledgedBefore = Map.of();
  private OsdMap map;
  private PgTable table = PgTable.EMPTY;

  private void start(int size) {
    table = PgTable.EMPTY; // one instance runs all tries
    acknowledged.clear();
    held.clear();
    OsdMapBuilder builder = MapSamples.cluster(3, OSDS / 3).next(MapSamples.NOW);
    builder.createPool("by-host", Math.min(size, 3), 1, 8, OsdMapBuilder.RULE_HOST);
    builder.createPool("by-osd", size, 1, 8, OsdMapBuilder.RULE_OSD);
    commit(builder.build(), Map.of());
  }

  private void commit(OsdMap candidate, Map<PgId, Set<Integer>> recovered) {
    PgTable before = table;
    acknowledgedBefore = new HashMap<>(acknowledged);
    heldBefore.clear();
    held.forEach((pg, writes) -> heldBefore.put(pg, writes.clone()));
    table = PgTable.next(before, candidate, recovered);
    map = candidate.withPgTemp(table.pgTemp());
    for (PgEntry entry : table.entries()) {
      boolean divided = inherit(before, entry);
      check(before.entry(entry.pg()), entry, divided);
      if (entry.actingIsCurrent() && entry.acting().size() >= minSize(entry)) {
        int write = acknowledged.merge(entry.pg(), 1, Integer::sum);
        entry.acting().forEach(osd -> holding(entry.pg())[osd] = write);
      }
    }
  }

  /** A new group of a pool that was there begins with what its parent held; true for both. */
  private boolean inherit(PgTable before, PgEntry entry) {
    PgId pg = entry.pg();
    int known = (int) before.entries().stream().filter(e -> e.pg().pool() == pg.pool()).count();
    if (known == 0 || known == map.pool(pg.pool()).pgNum()) {
      return false;
    }
    if (pg.seed() < known) {
      return !ObjectHash.children(pg.seed(), known, map.pool(pg.pool()).pgNum()).isEmpty();
    }
    // The parent, which comes first, may have taken its first write since.
    PgId parent = new PgId(pg.pool(), ObjectHash.stableMod(pg.seed(), known));
    acknowledged.put(pg, acknowledgedBefore.getOrDefault(parent, 0));
    held.put(pg, heldBefore.getOrDefault(parent, new int[OSDS]).clone());
    return true;
  }

  private int minSize(PgEntry entry) {
    return map.pools().stream()
        .filter(pool -> pool.id() == entry.pg().pool())
        .findFirst()
        .orElseThrow()
        .minSize();
  }

  private int[] holding(PgId pg) {
    return held.computeIfAbsent(pg, any -> new int[OSDS]);
  }

  private void check(PgEntry before, PgEntry entry, boolean divided) {
    PgMapping seen = map.mapping(entry.pg());
    assertThat(seen.acting()).as("what clients compute").isEqualTo(entry.acting());
    assertThat(seen.primary()).isEqualTo(entry.primary());
    assertThat(entry.acting()).allMatch(map::isUp);
    assertThat(entry.current()).as("somebody holds everything").isNotEmpty();
    int newest = acknowledged.getOrDefault(entry.pg(), 0);
    for (int osd : entry.current()) {
      assertThat(holding(entry.pg())[osd])
          .as("osd.%d is said to be current in %s", osd, entry)
          .isEqualTo(newest);
    }
    boolean holderIsUp = before != null && before.current().stream().anyMatch(map::isUp);
    if (holderIsUp) {
      assertThat(entry.actingIsCurrent()).as("a holder is up, so %s serves", entry).isTrue();
    }
    boolean moved =
        before == null
            || divided
            || !before.up().equals(entry.up())
            || !before.acting().equals(entry.acting())
            || before.primary() != entry.primary();
    assertThat(entry.intervalSince()).isEqualTo(moved ? map.epoch() : before.intervalSince());
  }

  private void step(Random random) {
    OsdMapBuilder builder = map.next(MapSamples.NOW);
    Map<PgId, Set<Integer>> recovered = new HashMap<>();
    for (int i = random.nextInt(3); i >= 0; i--) {
      int osd = random.nextInt(OSDS);
      switch (random.nextInt(8)) {
        case 0, 1 -> builder.markDown(osd);
        case 2, 3 -> builder.markUp(osd, MapSamples.listening(osd));
        case 4 -> builder.weight(osd, random.nextInt(3) * 0x8000);
        case 5 -> changeMinSize(builder, random);
        case 6 -> grow(builder, random);
        default -> recover(recovered, random);
      }
    }
    commit(builder.build(), recovered);
  }

  private void changeMinSize(OsdMapBuilder builder, Random random) {
    List<PoolInfo> pools = List.copyOf(map.pools());
    PoolInfo pool = pools.get(random.nextInt(pools.size()));
    PoolLayout layout = pool.layout().withSizes(pool.size(), 1 + random.nextInt(pool.size()));
    builder.changePool(pool.withLayout(layout, map.epoch() + 1));
  }

  private void grow(OsdMapBuilder builder, Random random) {
    List<PoolInfo> pools = List.copyOf(map.pools());
    PoolInfo pool = pools.get(random.nextInt(pools.size()));
    int pgNum = Math.min(40, pool.pgNum() + random.nextInt(6));
    int pgpNum = random.nextBoolean() ? pool.layout().pgpNum() : pgNum;
    builder.changePool(pool.withGroups(pgNum, pgpNum, map.epoch() + 1));
  }

  /** A serving primary has copied everything to some of the others that should have it. */
  private void recover(Map<PgId, Set<Integer>> recovered, Random random) {
    for (PgEntry entry : table.entries()) {
      List<Integer> stale = new ArrayList<>(entry.up());
      stale.removeAll(entry.current());
      if (entry.actingIsCurrent() && !stale.isEmpty() && random.nextBoolean()) {
        int osd = stale.get(random.nextInt(stale.size()));
        holding(entry.pg())[osd] = acknowledged.getOrDefault(entry.pg(), 0);
        recovered.computeIfAbsent(entry.pg(), any -> new HashSet<>()).add(osd);
      }
    }
  }

  @Property(tries = 400)
  void noGroupIsEverServedWithoutEveryAcknowledgedWrite(
      @ForAll long seed, @ForAll @IntRange(min = 1, max = 4) int size) {
    Random random = new Random(seed);
    start(size);
    for (int i = 0; i < 60; i++) {
      step(random);
    }
  }

  @Property(tries = 100)
  void allGroupsServeAsUpSaysWhenEverybodyIsBackAndRecovered(@ForAll long seed) {
    Random random = new Random(seed);
    start(3);
    for (int i = 0; i < 30; i++) {
      step(random);
    }
    OsdMapBuilder builder = map.next(MapSamples.NOW);
    for (int osd = 0; osd < OSDS; osd++) {
      builder.weight(osd, OsdEntry.IN).markUp(osd, MapSamples.listening(osd));
    }
    commit(builder.build(), Map.of());
    Map<PgId, Set<Integer>> recovered = new HashMap<>();
    for (PgEntry entry : table.entries()) {
      int newest = acknowledged.getOrDefault(entry.pg(), 0);
      entry.up().forEach(osd -> holding(entry.pg())[osd] = newest);
      recovered.put(entry.pg(), Set.copyOf(entry.up()));
    }
    commit(map.next(MapSamples.NOW).build(), recovered);
    assertThat(table.entries())
        .allMatch(entry -> entry.acting().equals(entry.up()) && entry.actingIsCurrent());
    assertThat(map.pgTemp()).isEmpty();
  }
}
