package io.sluice.osd;

import io.sluice.types.Clock;
import io.sluice.types.Loop;
import java.util.function.Consumer;

/**
 * A loop whose tasks must not fail: a placement group that was interrupted in the middle of a
 * change is in no state anybody has thought of, so the daemon ends rather than go on with it.
 *
 * @param onFailure ends the daemon; may throw
 */
record GuardedLoop(Loop loop, Consumer<Throwable> onFailure) implements Loop {
  @Override
  public void execute(Runnable task) {
    loop.execute(guarded(task));
  }

  @Override
  public Timer schedule(long delayNanos, Runnable task) {
    return loop.schedule(delayNanos, guarded(task));
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      try {
        task.run();
      } catch (RuntimeException | Error e) {
        onFailure.accept(e);
      }
    };
  }

  @Override
  public boolean inLoop() {
    return loop.inLoop();
  }

  @Override
  public Clock clock() {
    return loop.clock();
  }
}
