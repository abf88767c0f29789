package io.sluice.osd;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * Bounds what copies of whole objects keep in direct memory, per daemon. Who comes first is served
 * first; one copy is let in whatever its size.
 *
 * <p><b>Threads:</b> any.
 */
final class CopyBudget {
  private record Waiting(long bytes, Runnable granted) {}

  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private final long bytesMax;
  private long taken;

  CopyBudget(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /**
   * Takes so many bytes, to be given back.
   *
   * @param granted runs later, on any thread, when they are there; not when they are at once
   * @return true when they are the caller's at once
   */
  synchronized boolean take(long bytes, Runnable granted) {
    if (waiting.isEmpty() && fits(bytes)) {
      taken += bytes;
      return true;
    }
    waiting.add(new Waiting(bytes, granted));
    return false;
  }

  private boolean fits(long bytes) {
    return taken == 0 || taken + bytes <= bytesMax;
  }

  void give(long bytes) {
    List<Waiting> next = new ArrayList<>();
    synchronized (this) {
      taken -= bytes;
      while (!waiting.isEmpty() && fits(waiting.peek().bytes())) {
        taken += waiting.peek().bytes();
        next.add(waiting.poll());
      }
    }
    next.forEach(each -> each.granted().run());
  }

  synchronized long taken() {
    return taken;
  }
}
