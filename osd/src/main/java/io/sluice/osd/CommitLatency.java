package io.sluice.osd;

import java.util.Map;

/**
 * What commits of the store took lately, of the store's own count and sum.
 *
 * <p><b>Threads:</b> that which reports to the monitor.
 */
final class CommitLatency {
  private static final double NANOS = 1e9;

  private long commits;
  private double seconds;

  /**
   * The mean of those since it was asked last, in nanoseconds; 0 when there were none.
   *
   * @param store its counters now
   */
  long nanosSinceLast(Map<String, ?> store) {
    if (!(store.get("commit_latency") instanceof Map<?, ?> now)) {
      return 0;
    }
    long more = ((Number) now.get("avgcount")).longValue() - commits;
    double longer = ((Number) now.get("sum")).doubleValue() - seconds;
    commits += more;
    seconds += longer;
    return more <= 0 ? 0 : (long) (longer * NANOS / more);
  }
}
