package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;

/**
 * Placement groups divide while clients write, OSDs die and lag: what is checked goes by the names
 * of objects. Each run follows from its seed.
 */
@Tag("long")
class DivisionSimulationTest {
  private static final long SECOND = SimulatedCluster.SECOND;
  private static final int GROUPS_MAX = 24;

  @Test
  void shouldServeOnWhenGroupsDivideAndNothingElseHappens() {
    SimulatedCluster cluster = SimulationTest.running(1, 3, 3, 2);
    SimWorkload work = new SimWorkload(cluster, 1, 3);
    cluster.run(SECOND / 10);
    work.start();
    for (int pgNum : new int[] {5, 8, 32}) {
      cluster.run(SECOND);
      cluster
          .monitor()
          .change(
              b -> b.changePool(cluster.monitor().map().pool(1).withGroups(pgNum, 4, b.epoch())));
      long before = work.acknowledged();
      cluster.run(SECOND);
      assertThat(work.acknowledged()).as("writes after growing").isGreaterThan(before + 20);
    }
    SimulationTest.settle(cluster, work, 3);
    assertThat(cluster.monitor().table().entries()).hasSize(32);
  }

  /** A failure names the seed; {@link #run} replays it. The same runs in every CI. */
  @Property(tries = 12, seed = "35", shrinking = ShrinkingMode.OFF)
  void nothingIsLostNorHappensTwiceWhenGroupsDivide(
      @ForAll @LongRange(min = 1, max = 1_000_000) long seed,
      @ForAll @IntRange(min = 1, max = 15) int strokes) {
    run(seed, strokes);
  }

  static void run(long seed, int strokes) {
    int osds = seed % 3 == 2 ? 4 : 3;
    SimulatedCluster cluster = SimulationTest.running(seed, osds, 3, 1 + (int) (seed & 1));
    SimWorkload work = new SimWorkload(cluster, 1, 3);
    SimSnapshots snapshots = new SimSnapshots(cluster, 1, 12);
    SimNemesis nemesis = new SimNemesis(cluster, osds).growingTo(GROUPS_MAX);
    try {
      cluster.run(SECOND / 10);
      work.start();
      snapshots.start();
      cluster.run(SECOND);
      nemesis.growAndKill(0);
      nemesis.rage(strokes);
      nemesis.makeGood();
      snapshots.stop();
      work.stop();
      cluster.run(4 * SECOND); // who was cut off may be marked down only now
      boolean idle = cluster.runUntil(60 * SECOND, () -> cluster.isClean(3) && snapshots.isIdle());
      SimWorkload.check(idle, "not idle:\n" + cluster.describe() + snapshots.describe());
      SimulationTest.settle(cluster, work, 3);
      snapshots.verifyAll();
      snapshots.verifyTrimmed();
      cluster.run(SECOND);
      SimReplicas.checkEqual(cluster);
      SimReplicas.checkPlaces(cluster);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed " + seed + ", " + strokes + " strokes:\n" + nemesis + "\n" + e.getMessage(), e);
    }
  }
}
