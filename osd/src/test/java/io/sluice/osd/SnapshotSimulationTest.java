package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Snapshots against a model, with and without failures: each run follows from its seed. */
@Tag("long")
class SnapshotSimulationTest {
  private static final long SECOND = SimulatedCluster.SECOND;

  @Test
  void shouldKeepWhatWasWhenNothingHappens() {
    assertThat(run(1, 0)).as("reads compared with the model").isGreaterThan(40);
  }

  /**
   * One OSD after the other misses a time of writing, taking and dropping snapshots, and comes back
   * while that goes on. In the end each has to tell what was, alone.
   */
  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void shouldBringClonesToWhoeverWasAway(long seed) {
    SimulatedCluster cluster = SimulationTest.running(seed, 3, 3, 1);
    SimSnapshots work = new SimSnapshots(cluster, 1, 12);
    try {
      cluster.run(SECOND / 10);
      work.start();
      cluster.run(2 * SECOND);
      for (int osd = 0; osd < 3; osd++) {
        cluster.kill(osd);
        cluster.run(8 * SECOND);
        cluster.start(osd);
        boolean back = cluster.runUntil(60 * SECOND, () -> cluster.isClean(3));
        SimWorkload.check(back, "osd." + osd + " is not back:\n" + cluster.describe());
      }
      work.stop();
      boolean idle = cluster.runUntil(60 * SECOND, () -> cluster.isClean(3) && work.isIdle());
      SimWorkload.check(idle, "not idle:\n" + cluster.describe() + work.describe());
      cluster.run(SECOND);
      SimReplicas.checkEqual(cluster);
      long clones = work.clonesOn(2);
      SimWorkload.check(clones > 5, "only " + clones + " clones: nothing is shown");
      for (int alone = 0; alone < 3; alone++) {
        onlyOneLeft(cluster, work, alone);
      }
      work.verifyTrimmed();
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError("seed " + seed + ":\n" + e.getMessage(), e);
    }
  }

  private static void onlyOneLeft(SimulatedCluster cluster, SimSnapshots work, int alone) {
    for (int osd = 0; osd < 3; osd++) {
      if (osd != alone) {
        cluster.kill(osd);
      }
    }
    work.verifyAll();
    for (int osd = 0; osd < 3; osd++) {
      if (osd != alone) {
        cluster.start(osd);
      }
    }
    boolean clean = cluster.runUntil(60 * SECOND, () -> cluster.isClean(3));
    SimWorkload.check(clean, "not clean again:\n" + cluster.describe());
    SimReplicas.checkEqual(cluster);
  }

  /** A failure names the seed; {@link #run} replays it. */
  @Property(tries = 12, shrinking = ShrinkingMode.OFF)
  void whatWasAtASnapshotStaysUntilNobodyWantsItWhateverFails(
      @ForAll @LongRange(min = 1, max = 1_000_000) long seed,
      @ForAll @IntRange(min = 1, max = 12) int strokes) {
    run(seed, strokes);
  }

  /** Returns how many reads were compared. */
  static int run(long seed, int strokes) {
    int osds = seed % 3 == 2 ? 4 : 3;
    SimulatedCluster cluster = SimulationTest.running(seed, osds, 3, 1 + (int) (seed & 1));
    SimSnapshots work = new SimSnapshots(cluster, 1, SimSnapshots.FEW_OBJECTS);
    SimNemesis nemesis = new SimNemesis(cluster, osds);
    try {
      cluster.run(SECOND / 10);
      work.start();
      cluster.run(2 * SECOND);
      nemesis.rage(strokes);
      nemesis.makeGood();
      work.stop();
      boolean clean = cluster.runUntil(60 * SECOND, () -> cluster.isClean(3) && work.isIdle());
      SimWorkload.check(clean, "not clean:\n" + cluster.describe() + work.describe());
      work.verifyAll();
      cluster.run(SECOND);
      SimReplicas.checkEqual(cluster);
      work.verifyTrimmed();
      cluster.run(SECOND);
      SimReplicas.checkEqual(cluster);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed " + seed + ", " + strokes + " strokes:\n" + nemesis + "\n" + e.getMessage(), e);
    }
    return work.checked();
  }
}
