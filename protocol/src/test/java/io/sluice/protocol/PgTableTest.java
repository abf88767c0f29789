package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.types.PgId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** The scenario of DESIGN section 5 and its neighbours; one pool, one group, two OSDs. */
class PgTableTest {
  private static final PgId PG = new PgId(1, 0);
  private static final int A = 0;
  private static final int C = 1;

  private OsdMap map = onePool();
  private PgTable table = PgTable.next(PgTable.EMPTY, map);

  private static OsdMap onePool() {
    OsdMapBuilder builder = MapSamples.cluster(2, 1).next(MapSamples.NOW);
    builder.createPool("p", 2, 1, 1, OsdMapBuilder.RULE_OSD);
    return builder.build();
  }

  private PgEntry after(OsdMapBuilder change, Map<PgId, Set<Integer>> recovered) {
    OsdMap candidate = change.build();
    table = PgTable.next(table, candidate, recovered);
    map = candidate.withPgTemp(table.pgTemp());
    return table.entry(PG);
  }

  private PgEntry kill(int osd) {
    return after(map.next(MapSamples.NOW).markDown(osd), Map.of());
  }

  private PgEntry revive(int osd) {
    return after(map.next(MapSamples.NOW).markUp(osd, MapSamples.listening(osd)), Map.of());
  }

  private PgEntry recovered(int osd) {
    return after(map.next(MapSamples.NOW), Map.of(PG, Set.of(osd)));
  }

  @Test
  void shouldBeCurrentEverywhereWhenThePoolIsNew() {
    assertThat(table.entry(PG).current()).containsExactly(A, C);
    assertThat(table.entry(PG).actingIsCurrent()).isTrue();
    assertThat(table.entry(PG).intervalSince()).isEqualTo(map.epoch());
  }

  @Test
  void shouldWaitWhenOnlyTheStaleOneIsRevived() {
    assertThat(kill(C).acting()).containsExactly(A);
    assertThat(table.entry(PG).actingIsCurrent()).as("A serves and takes a write").isTrue();
    assertThat(kill(A).acting()).isEmpty();
    PgEntry waiting = revive(C);
    assertThat(waiting.acting()).containsExactly(C);
    assertThat(waiting.current()).containsExactly(A);
    assertThat(waiting.actingIsCurrent()).as("C lacks the write").isFalse();

    PgEntry serving = revive(A);
    assertThat(serving.up()).containsExactlyInAnyOrder(A, C);
    assertThat(serving.acting()).as("C is not counted").containsExactly(A);
    assertThat(serving.primary()).isEqualTo(A);
    assertThat(serving.actingIsCurrent()).isTrue();
    assertThat(map.pgTemp()).containsEntry(PG, List.of(A));
    assertThat(map.primary(PG)).as("what clients compute").isEqualTo(A);

    PgEntry both = recovered(C);
    assertThat(both.acting()).containsExactlyInAnyOrder(A, C);
    assertThat(both.current()).containsExactly(A, C);
    assertThat(both.intervalSince()).isEqualTo(map.epoch());
    assertThat(map.pgTemp()).isEmpty();
  }

  @Test
  void shouldServeWithEitherWhenBothWentDownTogether() {
    after(map.next(MapSamples.NOW).markDown(A).markDown(C), Map.of());
    assertThat(table.entry(PG).current()).containsExactly(A, C);
    assertThat(revive(C).actingIsCurrent()).isTrue();
    assertThat(revive(A).acting()).as("A may lack what C took alone").containsExactly(C);
  }

  @Test
  void shouldCountAnOsdStaleWhenItWasDownForOneEpochOnly() {
    kill(C);
    PgEntry entry = revive(C);
    assertThat(entry.acting()).containsExactly(A);
    assertThat(entry.current()).containsExactly(A);
    assertThat(entry.hasStaleUp()).isTrue();
  }

  @Test
  void shouldIgnoreARecoveryWhenTheOsdIsDownAgain() {
    kill(C);
    assertThat(recovered(C).current()).containsExactly(A);
  }

  @Test
  void shouldKeepTheIntervalWhenNothingOfTheGroupChanged() {
    int since = table.entry(PG).intervalSince();
    assertThat(after(map.next(MapSamples.NOW), Map.of()).intervalSince()).isEqualTo(since);
    assertThat(table.epoch()).isEqualTo(map.epoch());
  }

  @Test
  void shouldWaitForEverWhenTheLastHolderWasRemoved() {
    kill(C);
    kill(A);
    revive(C);
    PgEntry entry = after(map.next(MapSamples.NOW).removeOsd(A), Map.of());
    assertThat(entry.current()).containsExactly(A);
    assertThat(entry.actingIsCurrent()).isFalse();
  }

  @Test
  void shouldForgetARemovedOsdWhenAnotherHoldsEverything() {
    PgEntry entry = after(map.next(MapSamples.NOW).removeOsd(C), Map.of());
    assertThat(entry.current()).containsExactly(A);
    after(
        map.next(MapSamples.NOW)
            .addOsd(C, MapSamples.store(9), "host1", 1)
            .markUp(C, MapSamples.listening(C)),
        Map.of());
    assertThat(table.entry(PG).current())
        .as("a new disk under an old id holds nothing")
        .containsExactly(A);
  }

  @Test
  void shouldServeFromTheOldOnesWhenAllMovedElsewhere() {
    OsdMapBuilder change = map.next(MapSamples.NOW);
    change.addOsd(2, MapSamples.store(2), "host2", 1).markUp(2, MapSamples.listening(2));
    change.addOsd(3, MapSamples.store(3), "host3", 1).markUp(3, MapSamples.listening(3));
    PgEntry entry = after(change.weight(A, 0).weight(C, 0), Map.of());
    assertThat(entry.up()).containsExactlyInAnyOrder(2, 3);
    assertThat(entry.acting()).containsExactly(A, C);
    assertThat(after(map.next(MapSamples.NOW), Map.of(PG, Set.of(2, 3))).acting())
        .containsExactlyInAnyOrder(2, 3);
  }

  @Test
  void shouldDropTheGroupsWhenThePoolIsRemoved() {
    after(map.next(MapSamples.NOW).removePool(1), Map.of());
    assertThat(table.entries()).isEmpty();
  }

  private PgEntry groups(int pgNum, int pgpNum) {
    OsdMapBuilder change = map.next(MapSamples.NOW);
    return after(
        change.changePool(map.pool(1).withGroups(pgNum, pgpNum, change.epoch())), Map.of());
  }

  @Test
  void shouldBeginNewIntervalsWithTheParentsHoldersWhenAGroupDivides() {
    kill(C);
    PgEntry waiting = revive(C);
    assertThat(waiting.current()).containsExactly(A);
    PgEntry parent = groups(4, 1);
    assertThat(parent.intervalSince()).isEqualTo(map.epoch());
    for (int seed = 1; seed < 4; seed++) {
      PgEntry child = table.entry(new PgId(1, seed));
      assertThat(child.current()).containsExactly(A);
      assertThat(child.acting()).isEqualTo(parent.acting()).containsExactly(A);
      assertThat(child.intervalSince()).isEqualTo(map.epoch());
      assertThat(map.primary(new PgId(1, seed))).as("what clients compute").isEqualTo(A);
    }
    assertThat(map.pool(1).firstPgNum()).isEqualTo(1);
  }

  @Test
  void shouldLeaveGroupsAloneThatDoNotDivide() {
    groups(4, 1);
    int since = map.epoch();
    groups(6, 1);
    assertThat(table.entry(new PgId(1, 2)).intervalSince()).isEqualTo(since);
    assertThat(table.entry(new PgId(1, 3)).intervalSince()).isEqualTo(since);
    assertThat(table.entry(new PgId(1, 0)).intervalSince()).isEqualTo(map.epoch());
    assertThat(table.entry(new PgId(1, 5)).intervalSince()).isEqualTo(map.epoch());
    assertThat(map.pool(1).firstPgNum()).isEqualTo(1);
  }

  @Test
  void shouldRefuseFewerGroups() {
    groups(4, 4);
    OsdMapBuilder change = map.next(MapSamples.NOW);
    change.changePool(map.pool(1).withLayout(PoolLayout.replicated(2, 1, 2, 0), change.epoch()));
    OsdMap fewer = change.build();
    assertThatThrownBy(() -> PgTable.next(table, fewer))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldSurviveARoundTrip() {
    kill(C);
    Encoder to = new Encoder();
    table.encode(to);
    assertThat(PgTable.decode(new Decoder(to.toByteArray()))).isEqualTo(table);
  }
}
