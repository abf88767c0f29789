package io.sluice.osd;

import io.sluice.types.Loop;
import java.util.concurrent.Callable;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/** Does on a loop what only its thread may do. */
final class LoopTurn {
  private static final int PATIENCE_SECONDS = 60;

  private LoopTurn() {}

  static <T> T of(Loop loop, Callable<T> task) throws Exception {
    CompletableFuture<T> done = new CompletableFuture<>();
    loop.execute(
        () -> {
          try {
            done.complete(task.call());
          } catch (Throwable e) {
            done.completeExceptionally(e);
          }
        });
    return done.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }
}
