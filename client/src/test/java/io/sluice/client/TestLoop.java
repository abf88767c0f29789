package io.sluice.client;

import io.sluice.types.Clock;
import io.sluice.types.Loop;
import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/** A loop whose time a test moves; everything runs on the test's thread, in order. */
final class TestLoop implements Loop {
  private record Due(long at, long order, Runnable task, boolean[] cancelled) {}

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private long now = 1_000_000_000L;
  private long order;

  @Override
  public void execute(Runnable task) {
    tasks.add(task);
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    boolean[] cancelled = {false};
    timers.add(new Due(now + delayNanos, order++, task, cancelled));
    return () -> cancelled[0] = true;
  }

  /** Runs what is queued, and the timers of the next milliseconds. */
  void advance(long millis) {
    long end = now + millis * 1_000_000;
    drain();
    while (!timers.isEmpty() && timers.peek().at() <= end) {
      Due due = timers.poll();
      now = Math.max(now, due.at());
      if (!due.cancelled()[0]) {
        due.task().run();
      }
      drain();
    }
    now = end;
  }

  void drain() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public Clock clock() {
    return new Clock() {
      @Override
      public long nanos() {
        return now;
      }

      @Override
      public long wallNanos() {
        return now;
      }
    };
  }
}
