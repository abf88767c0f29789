package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Random;
import java.util.function.IntFunction;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/**
 * Whatever the network cuts, and wherever: every message arrives once and in order, in both
 * directions, unless a reset was reported. {@code -Dlossless.trials=N} for more, {@code
 * -Dlossless.seed=N} for one of them.
 */
class LosslessProperties {
  private static final int TRIALS = Integer.getInteger("lossless.trials", 12);

  private static IntFunction<ChaosProxy.Cut> cuts(long seed, int last) {
    return number -> {
      Random random = new Random(seed * 7919 + number);
      if (number >= last) {
        return ChaosProxy.Cut.NEVER;
      }
      int span = random.nextInt(3) == 0 ? 900 : 60_000; // a handshake has some 700 bytes
      long at = 1 + random.nextInt(span);
      boolean reset = random.nextBoolean();
      return random.nextBoolean()
          ? new ChaosProxy.Cut(at, -1, reset)
          : new ChaosProxy.Cut(-1, at, reset);
    };
  }

  private static int size(Random random) {
    return switch (random.nextInt(4)) {
      case 0 -> 0;
      case 1 -> random.nextInt(200);
      case 2 -> random.nextInt(5_000);
      default -> random.nextInt(40_000);
    };
  }

  private static void trial(long seed) throws Exception {
    Random random = new Random(seed);
    int there = 20 + random.nextInt(60);
    int back = random.nextInt(80);
    try (PeerPair pair = new PeerPair(seed, cuts(seed, 2 + random.nextInt(5)))) {
      Connection one = pair.fromOne();
      Connection two = back > 0 ? pair.fromTwo() : null;
      for (int i = 0; i < Math.max(there, back); i++) {
        if (i < there) {
          one.send(PeerPair.message(i, size(random)));
        }
        if (i < back) {
          two.send(PeerPair.message(i, size(random)));
        }
        if (random.nextInt(10) == 0) {
          Thread.sleep(random.nextInt(5));
        }
      }
      PeerPair.await(
          "all messages, seed " + seed,
          () ->
              pair.atTwo.size() >= there && pair.atOne.size() >= back
                  || !pair.one.ended.isEmpty()
                  || !pair.two.ended.isEmpty());
      String replay = "replay: -Dtest=LosslessProperties -Dlossless.seed=" + seed;
      assertThat(pair.one.ended).as("resets reported; " + replay).isEmpty();
      assertThat(pair.two.ended).as("resets reported; " + replay).isEmpty();
      assertThat(pair.atTwo).as(replay).containsExactlyElementsOf(upTo(there));
      assertThat(pair.atOne).as(replay).containsExactlyElementsOf(upTo(back));
    }
  }

  private static Iterable<Long> upTo(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  @Test
  void shouldDeliverEveryMessageOnceWhateverIsCut() throws Exception {
    Long one = Long.getLong("lossless.seed");
    if (one != null) {
      trial(one);
      return;
    }
    for (long seed = 1; seed <= TRIALS; seed++) {
      trial(seed);
    }
  }
}
