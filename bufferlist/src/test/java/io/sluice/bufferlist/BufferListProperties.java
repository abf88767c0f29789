package io.sluice.bufferlist;

import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.ShrinkingMode;
import net.jqwik.api.Tag;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * A list against a byte array: sequences of every operation over every kind of segment and real
 * descriptors, with the kernel refusing, coming short and saying EAGAIN, and too few pipes.
 *
 * <p>{@code -Djqwik.tries=20000} runs more of them (a third of that figure three times), {@code
 * -Dsluice.seed=N} the one that a failure named.
 */
@Tag("long")
@AddLifecycleHook(NoLeaksHook.class)
class BufferListProperties {
  private static final Long ONLY = Long.getLong("sluice.seed");

  /** A seed of jqwik's stands for three sequences: making one costs less than jqwik does. */
  private static final int SEQUENCES_EACH = 3;

  @Property(edgeCases = EdgeCasesMode.NONE, shrinking = ShrinkingMode.OFF)
  void behavesLikeAnArrayWhateverIsDoneToIt(@ForAll("seeds") long first) {
    Random seeds = new Random(first);
    for (int i = 0; i < SEQUENCES_EACH; i++) {
      new ListScript(ONLY == null ? seeds.nextLong() : ONLY).run();
    }
  }

  /** Not jqwik's own, which are small more often than not and so the same. */
  @Provide
  Arbitrary<Long> seeds() {
    return Arbitraries.randomValue(Random::nextLong);
  }
}
