package io.sluice.osd;

import io.sluice.types.Clock;
import io.sluice.types.Loop;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * One life of a simulated process: what it runs ends when it is killed, and waits while it is
 * stopped.
 */
final class SimProcess {
  private final SimScheduler scheduler;
  private final String name;
  private final Deque<Runnable> stopped = new ArrayDeque<>();
  private boolean alive = true;
  private boolean paused;

  SimProcess(SimScheduler scheduler, String name) {
    this.scheduler = scheduler;
    this.name = name;
  }

  SimScheduler scheduler() {
    return scheduler;
  }

  boolean isAlive() {
    return alive;
  }

  /** As kill -9. */
  void kill() {
    alive = false;
    stopped.clear();
  }

  /** As SIGSTOP. */
  void pause() {
    paused = true;
  }

  /** As SIGCONT. */
  void resume() {
    paused = false;
    while (!stopped.isEmpty() && !paused) {
      stopped.poll().run();
    }
  }

  /** Runs the task at the time, in this life. */
  void at(long nanos, Runnable task) {
    scheduler.at(nanos, () -> run(task));
  }

  private void run(Runnable task) {
    if (alive && paused) {
      stopped.add(task);
    } else if (alive) {
      task.run();
    }
  }

  /** A loop of this process: tasks in order, each a little after it was given. */
  final class SimLoop implements Loop {
    private long last;

    @Override
    public void execute(Runnable task) {
      last = Math.max(last, scheduler.nanos() + scheduler.between(0, 20_000));
      at(last, task);
    }

    @Override
    public Timer schedule(long delayNanos, Runnable task) {
      boolean[] cancelled = {false};
      at(
          scheduler.nanos() + delayNanos,
          () -> {
            if (!cancelled[0]) {
              task.run();
            }
          });
      return () -> cancelled[0] = true;
    }

    @Override
    public boolean inLoop() {
      return true;
    }

    @Override
    public Clock clock() {
      return scheduler;
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
