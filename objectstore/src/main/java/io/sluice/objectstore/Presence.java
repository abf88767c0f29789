package io.sluice.objectstore;

import java.time.Duration;

/** How many are inside; who closes waits until nobody is, or long enough. <b>Threads:</b> any. */
final class Presence {
  /** What takes longer than this does not end: a disk that hangs, or a callback that got lost. */
  static final Duration LONG_ENOUGH = Duration.ofSeconds(60);

  private int inside;

  synchronized void enter() {
    inside++;
  }

  synchronized void leave() {
    inside--;
    if (inside == 0) {
      notifyAll();
    }
  }

  /** Waits; returns how many are inside still, 0 unless {@code bound} has passed. */
  synchronized int awaitNone(Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    while (inside > 0) {
      long left = deadline - System.nanoTime();
      if (left <= 0) {
        break;
      }
      try {
        wait(left / 1_000_000 + 1);
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    return inside;
  }

  /**
   * Waits for a thread that has been told to end.
   *
   * @throws IllegalStateException when it has not in that time: what it uses is still its own
   */
  static void awaitEnd(Thread thread, Duration bound) {
    long deadline = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    for (long left = bound.toNanos(); thread.isAlive() && left > 0; ) {
      try {
        thread.join(left / 1_000_000 + 1);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (thread.isAlive()) {
      throw new IllegalStateException(thread.getName() + " has not ended in " + bound);
    }
  }
}
