package io.sluice.bufferlist;

import io.sluice.bufferlist.Resources.Kind;
import java.util.Map;
import java.util.TreeMap;

/** What was held at one moment, to compare with what is held later. */
final class LeakCheck {
  /**
   * Loops and workers that were told to close may still be at it: bounded, and only a failing test
   * pays it.
   */
  private static final int PATIENCE_MILLIS = 30_000;

  private static final int STEP_MILLIS = 10;

  private final Map<String, Long> before = held();

  private static Map<String, Long> held() {
    Map<String, Long> all = new TreeMap<>(OpenDescriptors.count());
    for (Kind kind : Kind.values()) {
      all.put(Resources.nameOf(kind), Resources.live(kind));
    }
    return all;
  }

  /** What is held beyond what was held at first; empty is good. */
  Map<String, Long> leaked() {
    Map<String, Long> more = new TreeMap<>();
    for (int waited = 0; ; waited += STEP_MILLIS) {
      more.clear();
      held()
          .forEach(
              (kind, count) -> {
                if (count > before.get(kind)) {
                  more.put(kind, count - before.get(kind));
                }
              });
      if (more.isEmpty() || waited >= PATIENCE_MILLIS) {
        return more;
      }
      pause();
    }
  }

  private static void pause() {
    try {
      Thread.sleep(STEP_MILLIS);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }

  void assertNothingLeaked(String name) {
    Map<String, Long> leaked = leaked();
    if (!leaked.isEmpty()) {
      throw new AssertionError(name + " ended with more than it began with: " + leaked);
    }
  }
}
