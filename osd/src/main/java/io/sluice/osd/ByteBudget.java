package io.sluice.osd;

import java.util.concurrent.atomic.AtomicLong;

/**
 * Bytes that may be kept in all; nobody waits for them: who gets none does without.
 *
 * <p><b>Threads:</b> any.
 */
final class ByteBudget {
  private final long max;
  private final AtomicLong used = new AtomicLong();

  ByteBudget(long max) {
    this.max = max;
  }

  /** True when they are the caller's, to be given back. */
  boolean take(long bytes) {
    if (used.addAndGet(bytes) > max) {
      used.addAndGet(-bytes);
      return false;
    }
    return true;
  }

  boolean hasRoom(long more) {
    return used.get() + more <= max;
  }

  /** They are kept whether there is room or not: somebody looked before. */
  void takeAnyway(long bytes) {
    used.addAndGet(bytes);
  }

  void giveBack(long bytes) {
    used.addAndGet(-bytes);
  }

  long used() {
    return used.get();
  }
}
