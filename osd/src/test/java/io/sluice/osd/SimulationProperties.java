package io.sluice.osd;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.LongRange;

/**
 * Random clusters under random failures; a failure names the seed, and {@link SimulationTest#run}
 * replays it.
 */
@Tag("long")
class SimulationProperties {
  @Property(tries = 8, shrinking = ShrinkingMode.OFF)
  void nothingAcknowledgedIsLostAndNothingHappensTwice(
      @ForAll @LongRange(min = 1, max = 1_000_000) long seed,
      @ForAll @IntRange(min = 1, max = 15) int strokes) {
    SimulationTest.run(seed, strokes);
  }
}
