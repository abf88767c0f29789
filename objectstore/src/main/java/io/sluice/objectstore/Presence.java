package io.sluice.objectstore;

/** How many are inside; who closes waits until nobody is. <b>Threads:</b> any. */
final class Presence {
  private int inside;

  synchronized void enter() {
    inside++;
  }

  synchronized void leave() {
    inside--;
    notifyAll();
  }

  synchronized void awaitNone() {
    boolean interrupted = false;
    while (inside > 0) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
  }
}
