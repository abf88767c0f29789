package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.protocol.OpArgs;
import io.sluice.protocol.OpCode;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgStats;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.ScrubFacts;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.ToLongFunction;
import org.junit.jupiter.api.Test;

/** Scrubs that nobody asked for. */
class ScrubScheduleTest {
  private static final long SECOND = SimulatedCluster.SECOND;
  private static final int MOST = 200;

  private final SimulatedCluster cluster = SimulationTest.running(5, 3, 3, 1);
  private final SimClient client = cluster.newClient();

  private void configure(String... namesAndValues) {
    Map<String, String> options = new TreeMap<>();
    for (int i = 0; i < namesAndValues.length; i += 2) {
      options.put(namesAndValues[i], namesAndValues[i + 1]);
    }
    for (int osd = 0; osd < 3; osd++) {
      cluster.osd(osd).options().take(options);
    }
  }

  private ObjectId write(String name, OsdOp step) {
    int[] answers = {0};
    ObjectId object = client.object(1, name);
    client.submit(object, List.of(step), (reply, data) -> answers[0]++);
    assertThat(cluster.runUntil(10 * SECOND, () -> answers[0] == 1)).isTrue();
    return object;
  }

  private ObjectId write(String name) {
    OpArgs range = new OpArgs.Extent(0, 3, 0, 0);
    return write(name, OsdOp.of(OpCode.WRITE_FULL, range, new byte[3]));
  }

  private ScrubFacts facts(PgId pg) {
    return cluster.osd(cluster.entry(pg).primary()).group(pg).store().scrubs();
  }

  private long sum(ToLongFunction<ScrubFacts> number) {
    return cluster.monitor().stats().values().stream()
        .flatMap(stats -> stats.groups().stream())
        .map(PgStats::scrubs)
        .mapToLong(number)
        .sum();
  }

  private List<ScrubFacts> all() {
    return cluster.monitor().map().pool(1).pgs().stream().map(this::facts).toList();
  }

  @Test
  void shouldScrubEveryGroupInTimeAndReadEverythingWhenThatIsDue() {
    cluster.run(SECOND);
    ObjectId object = write("rotten");
    PgEntry entry = cluster.entry(cluster.monitor().map().pool(1).pgOf(object.hash()));
    cluster.damaged(entry.acting().get(1)).add(object);
    List<ScrubFacts> before = all();
    configure("osd_scrub_min_interval", "20", "osd_deep_scrub_interval", "60");
    boolean deep = cluster.runUntil(MOST * SECOND, () -> sum(ScrubFacts::inconsistent) == 1);
    assertThat(deep).as("the monitor hears of the bad copy").isTrue();
    assertThat(facts(entry.pg()).deepErrors()).isEqualTo(1);
    configure("osd_scrub_min_interval", "20");
    long deepAt = facts(entry.pg()).deepEnded().seconds();
    boolean again =
        cluster.runUntil(MOST * SECOND, () -> facts(entry.pg()).ended().seconds() > deepAt + 10);
    assertThat(again).isTrue();
    assertThat(facts(entry.pg()).inconsistent()).as("a shallow one cannot tell").isEqualTo(1);
    assertThat(all()).doesNotContainAnyElementsOf(before);
  }

  @Test
  void shouldLeaveGroupsAloneWhenFlagsSaySo() {
    cluster.run(SECOND);
    write("object");
    int flags = cluster.monitor().map().flags();
    cluster.monitor().change(map -> map.flags(flags | OsdMap.NOSCRUB | OsdMap.NODEEP_SCRUB));
    cluster.run(SECOND);
    List<ScrubFacts> before = all();
    configure("osd_scrub_min_interval", "5", "osd_deep_scrub_interval", "5");
    cluster.run(60 * SECOND);
    assertThat(all()).isEqualTo(before);
    cluster.monitor().change(map -> map.flags(flags | OsdMap.NODEEP_SCRUB));
    assertThat(cluster.runUntil(MOST * SECOND, () -> !all().equals(before))).isTrue();
    assertThat(all()).extracting(ScrubFacts::deepEnded).doesNotContainNull();
    assertThat(sum(facts -> facts.lastDeep().version())).isZero();
  }

  @Test
  void shouldLeaveAPoolAloneWhenItsFlagsSaySo() {
    cluster.run(SECOND);
    write("object");
    PoolInfo pool = cluster.monitor().map().pool(1);
    int next = cluster.monitor().map().epoch() + 1;
    long never = pool.flags() | PoolInfo.NOSCRUB | PoolInfo.NODEEP_SCRUB;
    cluster.monitor().change(map -> map.changePool(pool.withFlags(never, next)));
    cluster.run(SECOND);
    List<ScrubFacts> before = all();
    configure("osd_scrub_min_interval", "5", "osd_deep_scrub_interval", "5");
    cluster.run(60 * SECOND);
    assertThat(all()).isEqualTo(before);
    cluster.monitor().change(map -> map.changePool(pool.withFlags(pool.flags(), next + 1)));
    assertThat(cluster.runUntil(MOST * SECOND, () -> !all().equals(before))).isTrue();
  }

  @Test
  void shouldWaitForAQuietMachineUntilItIsOverdue() {
    cluster.run(SECOND);
    for (int osd = 0; osd < 3; osd++) {
      cluster.osd(osd).scrubs().load(() -> 0.9);
    }
    List<ScrubFacts> before = all();
    configure("osd_scrub_min_interval", "5", "osd_scrub_max_interval", "100");
    cluster.run(60 * SECOND);
    assertThat(all()).isEqualTo(before);
    assertThat(cluster.runUntil(MOST * SECOND, () -> !all().equals(before))).isTrue();
  }

  @Test
  void shouldCountKeysAndKnowAfterARestartWhatWasFound() {
    cluster.run(SECOND);
    byte[] entries =
        new io.sluice.bufferlist.Encoder()
            .le32(2)
            .string("k1")
            .blob(new byte[5])
            .string("k2")
            .blob(new byte[6])
            .toByteArray();
    ObjectId object = write("keys", OsdOp.payload(OpCode.OMAP_SET_VALS, entries));
    PgEntry entry = cluster.entry(cluster.monitor().map().pool(1).pgOf(object.hash()));
    cluster.osd(entry.primary()).group(entry.pg()).scrubber().start(true, false);
    assertThat(cluster.runUntil(MOST * SECOND, () -> facts(entry.pg()).omapKeys() == 2)).isTrue();
    ScrubFacts found = facts(entry.pg());
    assertThat(found.omapBytes()).isEqualTo(2 + 5 + 2 + 6);
    cluster.run(SECOND);
    cluster.kill(entry.primary());
    cluster.start(entry.primary());
    boolean clean = cluster.runUntil(MOST * SECOND, () -> cluster.isClean(3));
    assertThat(clean).as(cluster::describe).isTrue();
    assertThat(cluster.osd(entry.primary()).group(entry.pg()).store().scrubs()).isEqualTo(found);
  }

  @Test
  void shouldKeepTheDefaultWhenAnOptionIsNoNumber() {
    OsdOptions options = new OsdOptions();
    options.take(Map.of("osd_scrub_min_interval", "soon", "osd_max_scrubs", "-1", "other", "1"));
    assertThat(options.number("osd_scrub_min_interval")).isEqualTo(86_400);
    assertThat(options.number("osd_max_scrubs")).isEqualTo(1);
    assertThat(options.show()).doesNotContainKey("other");
  }
}
