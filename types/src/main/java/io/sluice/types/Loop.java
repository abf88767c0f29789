package io.sluice.types;

import java.util.concurrent.Executor;

/**
 * A single thread of control: what is given to it runs in order, one at a time. State machines are
 * pinned to one. Backed by a Netty event loop in daemons and by the scheduler of a simulation in
 * tests.
 */
public interface Loop extends Executor {
  /** A timer that can be called off; cancelling one that ran is a no-op. */
  interface Timer {
    void cancel();
  }

  /** Runs the task on this loop after the delay. Any thread may call. */
  Timer schedule(long delayNanos, Runnable task);

  boolean inLoop();

  Clock clock();
}
