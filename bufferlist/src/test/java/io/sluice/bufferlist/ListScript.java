package io.sluice.bufferlist;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.StringJoiner;

/**
 * A sequence of steps that a seed stands for, run against a {@link ListModel}; one that fails is
 * made as short as it will be, and says how to see it again.
 */
final class ListScript {
  private static final int STEPS_MAX = 16;
  private static final int SHRINKS_MAX = 200;

  /**
   * One step.
   *
   * @param which counts the changes first, then the looks
   * @param seed of what it chooses
   */
  private record Step(int which, long seed) {
    void apply(ListModel model) {
      model.random.setSeed(seed);
      int changes = ListStep.values().length;
      if (which < changes) {
        ListStep.values()[which].apply(model);
      } else {
        ListLook.values()[which - changes].apply(model);
      }
    }

    @Override
    public String toString() {
      int changes = ListStep.values().length;
      return which < changes
          ? ListStep.values()[which].name()
          : ListLook.values()[which - changes].name();
    }
  }

  private final long seed;
  private final int pipes;
  private final boolean faulty;
  private final List<Step> steps = new ArrayList<>();

  ListScript(long seed) {
    this.seed = seed;
    Random random = new Random(seed);
    faulty = random.nextInt(3) == 0;
    pipes = random.nextInt(4) == 0 ? random.nextInt(5) : 24;
    int all = ListStep.values().length + ListLook.values().length;
    for (int i = 1 + random.nextInt(STEPS_MAX); i > 0; i--) {
      steps.add(new Step(random.nextInt(all), random.nextLong()));
    }
  }

  int steps() {
    return steps.size();
  }

  /** Null when all went well. */
  private Throwable failure(List<Step> of) {
    Map<Resources.Kind, Long> before = held();
    ListModel model = new ListModel(pipes, faulty, seed);
    Throwable failure = null;
    try {
      for (Step step : of) {
        step.apply(model);
        model.check();
      }
    } catch (RuntimeException | Error e) {
      failure = e;
      model.faults.heal();
    }
    try {
      model.end();
    } catch (RuntimeException | Error e) {
      failure = failure == null ? e : failure;
    }
    Map<Resources.Kind, Long> left = held();
    left.replaceAll((kind, count) -> count - before.get(kind));
    left.values().removeIf(count -> count == 0);
    return failure == null && !left.isEmpty() ? new AssertionError("left over: " + left) : failure;
  }

  private static Map<Resources.Kind, Long> held() {
    Map<Resources.Kind, Long> held = new EnumMap<>(Resources.Kind.class);
    for (Resources.Kind kind : Resources.Kind.values()) {
      held.put(kind, Resources.live(kind));
    }
    return held;
  }

  /**
   * @throws AssertionError with the shortest sequence found that fails, and the command that
   *     replays this one
   */
  void run() {
    Throwable failure = failure(steps);
    if (failure == null) {
      return;
    }
    List<Step> few = new ArrayList<>(steps);
    boolean shorter = true;
    for (int tries = 0; shorter && tries < SHRINKS_MAX; ) {
      shorter = false;
      for (int i = few.size() - 1; i >= 0; i--, tries++) {
        List<Step> fewer = new ArrayList<>(few);
        fewer.remove(i);
        Throwable still = failure(fewer);
        if (still != null) {
          failure = still;
          few = fewer;
          shorter = true;
        }
      }
    }
    throw new AssertionError(describe(few, failure), failure);
  }

  private String describe(List<Step> few, Throwable failure) {
    StringJoiner text = new StringJoiner(", ", "[", "]");
    few.forEach(step -> text.add(step.toString()));
    return String.format(
        "seed %d, %d pipes%s: %d of %d steps fail: %s%n%s%nreplay: mvn -pl bufferlist test"
            + " -Dtest=BufferListProperties -Dsluice.seed=%d",
        seed, pipes, faulty ? ", calls fail" : "", few.size(), steps.size(), text, failure, seed);
  }
}
