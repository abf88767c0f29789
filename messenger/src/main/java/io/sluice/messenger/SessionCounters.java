package io.sluice.messenger;

import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * What has become of lossless sessions, for {@code perf dump}.
 *
 * <p><b>Threads:</b> any.
 */
final class SessionCounters {
  /** Why a session ended although nobody closed it. */
  enum Reset {
    /** Nobody listens where the peer was. */
    REFUSED,
    /** The peer has forgotten the session, or is another life of the daemon. */
    PEER_FORGOT,
    /** What is missing there was in a pipe. */
    NOT_REPLAYABLE,
    /** More is unacknowledged than may be kept. */
    TOO_MUCH_KEPT,
    /** No connection for long. */
    NO_CONNECTION,
    /** A message that nobody understands. */
    BAD_MESSAGE,
    /** The same message broke one connection after the other. */
    NO_PROGRESS
  }

  final LongAdder opened = new LongAdder();
  final LongAdder reconnected = new LongAdder();
  final LongAdder replayed = new LongAdder();
  final LongAdder duplicates = new LongAdder();
  final LongAdder races = new LongAdder();

  /** Connections of the peer that took the place of one that was there. */
  final LongAdder replaced = new LongAdder();

  /** Connections of the peer that came after their successor, or with numbers below ours. */
  final LongAdder late = new LongAdder();

  /** Second connections, made on purpose, that have said which session they are of. */
  final LongAdder doubled = new LongAdder();

  private final Map<Reset, LongAdder> resets = new ConcurrentHashMap<>();

  void reset(Reset why) {
    resets.computeIfAbsent(why, w -> new LongAdder()).increment();
  }

  long resets() {
    return resets.values().stream().mapToLong(LongAdder::sum).sum();
  }

  Map<String, Object> snapshot() {
    Map<String, Object> all = new TreeMap<>();
    all.put("sessions_opened", opened.sum());
    all.put("sessions_reconnected", reconnected.sum());
    all.put("messages_replayed", replayed.sum());
    all.put("duplicates_dropped", duplicates.sum());
    all.put("connection_races", races.sum());
    all.put("connections_replaced", replaced.sum());
    all.put("connections_late", late.sum());
    all.put("connections_doubled", doubled.sum());
    all.put("sessions_reset", resets());
    resets.forEach(
        (why, count) -> all.put("reset_" + why.name().toLowerCase(Locale.ROOT), count.sum()));
    return all;
  }
}
