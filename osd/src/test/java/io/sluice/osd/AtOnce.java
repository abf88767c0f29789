package io.sluice.osd;

import io.sluice.types.Clock;
import io.sluice.types.Loop;

/** A loop for what needs none: runs each task where it is given. */
final class AtOnce implements Loop {
  @Override
  public void execute(Runnable task) {
    task.run();
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    throw new UnsupportedOperationException();
  }

  @Override
  public boolean inLoop() {
    return true;
  }

  @Override
  public Clock clock() {
    throw new UnsupportedOperationException();
  }
}
