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
  private static final int TRIALS_MAX = 200;
  private static final Long SEED = Long.getLong("lossless.seed");

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

  /** What both ends have counted of connections that were made twice. */
  private record Twins(long made, long cameLate, long cameFirst) {
    static Twins of(PeerPair pair) {
      return new Twins(
          both(pair, "connections_doubled"),
          both(pair, "connections_late"),
          both(pair, "connections_replaced"));
    }

    private static long both(PeerPair pair, String counter) {
      return PeerPair.counter(pair.one, counter) + PeerPair.counter(pair.two, counter);
    }

    Twins plus(Twins more) {
      return new Twins(made + more.made, cameLate + more.cameLate, cameFirst + more.cameFirst);
    }

    boolean isEverything() {
      return made > 0 && cameLate > 0 && cameFirst > 0;
    }
  }

  private static Twins trial(long seed, String faults) throws Exception {
    Random random = new Random(seed);
    int there = 20 + random.nextInt(60);
    int back = random.nextInt(80);
    try (PeerPair pair = new PeerPair(seed, cuts(seed, 2 + random.nextInt(5)), faults)) {
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
      return Twins.of(pair);
    }
  }

  private static Iterable<Long> upTo(int count) {
    return LongStream.range(0, count).boxed().toList();
  }

  @Test
  void shouldDeliverEveryMessageOnceWhateverIsCut() throws Exception {
    if (SEED != null) {
      trial(SEED, "");
      return;
    }
    for (long seed = 1; seed <= TRIALS; seed++) {
      assertThat(trial(seed, "").made()).isZero();
    }
  }

  /** Whether a twin comes before the connection that counts or after it is up to the network. */
  @Test
  void shouldDeliverEveryMessageOnceWhenConnectionsComeTwice() throws Exception {
    String twice = "connect=1,seed=";
    if (SEED != null) {
      trial(SEED, twice + SEED);
      return;
    }
    Twins all = new Twins(0, 0, 0);
    for (long seed = 1; seed <= TRIALS || !all.isEverything() && seed <= TRIALS_MAX; seed++) {
      all = all.plus(trial(seed, twice + seed));
    }
    assertThat(all.isEverything()).as("twins before and after their successors: %s", all).isTrue();
  }
}
