package io.sluice.monitor;

import io.sluice.types.Loop;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * Lets a request wait until this monitor knows what any monitor had said before the request came:
 * whoever asks another monitor than the one that he told something finds it done.
 *
 * <p>One question to the leader is under way at a time. Who comes meanwhile waits for the next, so
 * all go on in the order in which they came, and a crowd costs no more than one.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class LinearizableReads {
  /** An election takes less than a second; who hears nothing for longer should hear an error. */
  static final Duration PATIENCE = Duration.ofSeconds(30);

  private static final long PAUSE_NANOS = 200_000_000L;

  private record Waiting(CompletableFuture<Void> done, long until) {}

  private final Loop loop;
  private MonConsensus consensus;
  private List<Waiting> waiting = new ArrayList<>();
  private boolean asking;

  LinearizableReads(Loop loop) {
    this.loop = loop;
  }

  void use(MonConsensus theConsensus) {
    consensus = theConsensus;
  }

  /**
   * Completes on the loop, at once where nobody else could know more; exceptionally when no monitor
   * led for {@link #PATIENCE}.
   */
  CompletableFuture<Void> caughtUp() {
    CompletableFuture<Void> done = new CompletableFuture<>();
    waiting.add(new Waiting(done, loop.clock().nanos() + PATIENCE.toNanos()));
    if (!asking) {
      ask();
    }
    return done;
  }

  private void ask() {
    List<Waiting> asked = waiting;
    waiting = new ArrayList<>();
    asking = true;
    CompletableFuture<Void> answer = consensus.catchUp();
    if (answer.isDone() && !answer.isCompletedExceptionally()) {
      answered(asked);
    } else {
      answer.whenComplete(
          (nothing, failure) ->
              loop.execute(
                  () -> {
                    if (failure == null) {
                      answered(asked);
                    } else {
                      failed(asked, failure);
                    }
                  }));
    }
  }

  private void answered(List<Waiting> asked) {
    asking = false;
    if (!waiting.isEmpty()) {
      ask(); // before the others go on: they may ask again
    }
    asked.forEach(each -> each.done.complete(null));
  }

  /** Asks again for those that have patience left, after a pause. */
  private void failed(List<Waiting> asked, Throwable failure) {
    long now = loop.clock().nanos();
    waiting.addAll(0, asked);
    List<Waiting> late = waiting.stream().filter(each -> each.until - now <= 0).toList();
    waiting.removeAll(late);
    loop.schedule(
        PAUSE_NANOS,
        () -> {
          asking = false;
          if (!waiting.isEmpty()) {
            ask();
          }
        });
    late.forEach(each -> each.done.completeExceptionally(failure));
  }
}
