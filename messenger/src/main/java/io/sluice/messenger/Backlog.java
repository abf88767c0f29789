package io.sluice.messenger;

import java.util.concurrent.atomic.AtomicLong;

/**
 * What waits in the heap for clients whose sockets take no more, of all connections of a messenger:
 * each may have a share of its own that is bounded, and there are thousands.
 *
 * <p>From {@link MessengerLimits#BACKLOG_MAX} on a client that has a part in it is not read from,
 * and loses its connection when it takes its part slowly; from twice as much on whoever makes it
 * longer loses its connection at once. Who takes its answers has no part in it.
 *
 * <p><b>Threads:</b> any; a part its connection's loop.
 */
final class Backlog {
  private final AtomicLong bytes = new AtomicLong();

  /** One connection's. */
  final class Part {
    private long counted;

    /**
     * So much waits now: nothing, nearly always.
     *
     * @return false when that is more than there may be
     */
    boolean set(long waiting) {
      if (waiting == counted) {
        return true;
      }
      boolean longer = waiting > counted;
      long all = bytes.addAndGet(waiting - counted);
      counted = waiting;
      return !longer || all <= 2 * MessengerLimits.BACKLOG_MAX;
    }

    /** Nothing more is to come in of what makes it longer. */
    boolean isTooLong() {
      return counted > 0 && bytes.get() > MessengerLimits.BACKLOG_MAX;
    }

    /** What others may wait for; 0 where there is no need. */
    long inTheWay() {
      return bytes.get() > MessengerLimits.BACKLOG_MAX ? counted : 0;
    }
  }

  Part part() {
    return new Part();
  }

  long bytes() {
    return bytes.get();
  }
}
