package io.sluice.types;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.PriorityQueue;

/**
 * A loop whose time a test moves: tasks run in {@link #advance} and {@link #settle}, on the
 * caller's thread.
 */
public final class ManualLoop implements Loop {
  private record Due(long at, long order, Runnable task, boolean[] cancelled) {}

  private final ArrayDeque<Runnable> tasks = new ArrayDeque<>();
  private final PriorityQueue<Due> timers =
      new PriorityQueue<>(Comparator.comparingLong(Due::at).thenComparingLong(Due::order));
  private long now = 1_000_000_000L;
  private final boolean inLoop;
  private long order;

  /**
   * @param inLoop what it says of the caller's thread: false makes everything hop, as between real
   *     loops
   */
  public ManualLoop(boolean inLoop) {
    this.inLoop = inLoop;
  }

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

  /** Runs what is queued, without moving time. */
  public void settle() {
    for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
      task.run();
    }
  }

  /** Moves time on, running every timer at its moment. */
  public void advance(long nanos) {
    settle();
    long end = now + nanos;
    while (!timers.isEmpty() && timers.peek().at() <= end) {
      Due due = timers.poll();
      now = Math.max(now, due.at());
      if (!due.cancelled()[0]) {
        due.task().run();
      }
      settle();
    }
    now = end;
  }

  public void advanceMillis(long millis) {
    advance(millis * 1_000_000);
  }

  /** Moves time on without running anything on the way: the process was stopped. */
  public void stall(long nanos) {
    now += nanos;
  }

  @Override
  public boolean inLoop() {
    return inLoop;
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
        return 1_790_000_000_000_000_000L + now;
      }
    };
  }
}
