package io.sluice.objectstore;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Bounds the bytes that reads in flight bring into memory; those that come too early wait here, in
 * order, and hold no thread.
 *
 * <p><b>Threads:</b> any.
 */
final class ReadGate {
  private record Waiting(long bytes, Runnable start) {}

  private final long bytesMax;
  private final Deque<Waiting> waiting = new ArrayDeque<>();
  private long bytes;

  /** Whoever starts goes on: a start that ends at once must not nest in the one before. */
  private boolean starting;

  ReadGate(long bytesMax) {
    this.bytesMax = bytesMax;
  }

  /** Starts now or when others have left; one that is larger than the bound starts alone. */
  void enter(long count, Runnable start) {
    synchronized (this) {
      if (!waiting.isEmpty() || bytes > 0 && bytes + count > bytesMax) {
        waiting.add(new Waiting(count, start));
        return;
      }
      bytes += count;
    }
    start.run();
  }

  void leave(long count) {
    synchronized (this) {
      bytes -= count;
      if (starting) {
        return;
      }
      starting = true;
    }
    boolean whole = false;
    try {
      for (Waiting next = poll(); next != null; next = poll()) {
        next.start().run();
      }
      whole = true;
    } finally {
      if (!whole) {
        stopStarting();
      }
    }
  }

  private synchronized void stopStarting() {
    starting = false;
  }

  private synchronized Waiting poll() {
    Waiting next = waiting.peek();
    if (next == null || bytes > 0 && bytes + next.bytes() > bytesMax) {
      starting = false;
      return null;
    }
    bytes += next.bytes();
    return waiting.poll();
  }

  synchronized int waiting() {
    return waiting.size();
  }
}
