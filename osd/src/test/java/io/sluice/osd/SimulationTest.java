package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whole clusters in one thread: each run follows from its seed. */
@Tag("long")
class SimulationTest {
  private static final long SECOND = SimulatedCluster.SECOND;

  @Test
  void shouldServeWhenNothingHappens() {
    SimulatedCluster cluster = running(1, 3, 3, 2);
    SimWorkload work = new SimWorkload(cluster, 1, 3);
    cluster.run(SECOND / 10);
    work.start();
    cluster.run(5 * SECOND);
    settle(cluster, work, 3);
    assertThat(work.acknowledged()).isGreaterThan(500);
    long cut = 0;
    for (int osd = 0; osd < 3; osd++) {
      cut += (long) cluster.osd(osd).report().osd().get("cut_through");
    }
    assertThat(cut).as("writes handed on while they came").isGreaterThan(20);
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4, 5, 6})
  void shouldLoseNothingWhenEverythingGoesWrong(long seed) {
    run(seed, 12);
  }

  @Test
  void shouldRepeatItselfWhenTheSeedIsTheSame() {
    assertThat(run(42, 6)).isEqualTo(run(42, 6));
  }

  static long run(long seed, int strokes) {
    int osds = seed % 3 == 2 ? 4 : 3;
    int copies = seed % 5 == 4 ? 2 : 3;
    SimulatedCluster cluster = running(seed, osds, copies, 1 + (int) (seed & 1));
    SimWorkload work = new SimWorkload(cluster, 1, 3);
    SimNemesis nemesis = new SimNemesis(cluster, osds);
    try {
      cluster.run(SECOND / 10);
      work.start();
      nemesis.rage(strokes);
      nemesis.makeGood();
      settle(cluster, work, copies);
    } catch (AssertionError | RuntimeException e) {
      throw new AssertionError(
          "seed " + seed + ", " + strokes + " strokes:\n" + nemesis + "\n" + e.getMessage(), e);
    }
    return cluster.scheduler().traceHash();
  }

  static SimulatedCluster running(long seed, int osds, int size, int minSize) {
    return running(new SimulatedCluster(seed), osds, size, minSize);
  }

  static SimulatedCluster running(SimulatedCluster cluster, int osds, int size, int minSize) {
    for (int osd = 0; osd < osds; osd++) {
      cluster.start(osd);
    }
    assertThat(cluster.runUntil(5 * SECOND, () -> allUp(cluster, osds))).isTrue();
    cluster.createPool(size, minSize, 4);
    assertThat(cluster.runUntil(5 * SECOND, () -> cluster.isClean(size)))
        .as(cluster::describe)
        .isTrue();
    return cluster;
  }

  private static boolean allUp(SimulatedCluster cluster, int osds) {
    for (int osd = 0; osd < osds; osd++) {
      if (!cluster.monitor().map().isUp(osd)) {
        return false;
      }
    }
    return true;
  }

  static void settle(SimulatedCluster cluster, SimWorkload work, int copies) {
    work.stop();
    boolean clean =
        cluster.runUntil(60 * SECOND, () -> cluster.isClean(copies) && work.pending() == 0);
    SimWorkload.check(
        clean, "not clean:\n" + cluster.describe() + "pending: " + work.describePending());
    work.verifyAll();
    cluster.run(SECOND);
    SimReplicas.checkEqual(cluster);
    SimReplicas.checkNothingStaged(cluster);
  }
}
