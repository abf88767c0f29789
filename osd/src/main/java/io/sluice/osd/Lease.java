package io.sluice.osd;

import io.sluice.types.Clock;

/**
 * The monitor's promise that nobody else serves in our place yet.
 *
 * <p><b>Invariant:</b> it holds for a map of epoch E only while the clock stands before its end and
 * the monitor, when it gave it, knew of no map newer than E: an older map may name a primary that
 * is none.
 *
 * <p><b>Threads:</b> written by the monitor session's loop, read by any.
 */
final class Lease {
  private record Grant(long untilNanos, int epoch) {}

  private final Clock clock;
  private volatile Grant grant;

  Lease(Clock clock) {
    this.clock = clock;
  }

  /** True when an operation under the map of that epoch may be answered now. */
  boolean holds(int mapEpoch) {
    Grant now = grant;
    return now != null && now.epoch() <= mapEpoch && clock.nanos() - now.untilNanos() < 0;
  }

  /**
   * A later end or a later epoch replaces what was; answers that come out of order change nothing.
   */
  void renew(long untilNanos, int epoch) {
    Grant before = grant;
    if (before == null || untilNanos - before.untilNanos() >= 0) {
      grant = new Grant(untilNanos, before == null ? epoch : Math.max(epoch, before.epoch()));
    }
  }

  /** We are about to stop: nothing is answered from here on. */
  void drop() {
    grant = null;
  }

  /** Nanoseconds left, for people; negative when over. */
  long leftNanos() {
    Grant now = grant;
    return now == null ? -1 : now.untilNanos() - clock.nanos();
  }
}
