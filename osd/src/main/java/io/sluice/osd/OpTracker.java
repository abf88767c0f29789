package io.sluice.osd;

import io.sluice.protocol.DaemonOptions;
import io.sluice.protocol.OsdOp;
import io.sluice.types.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;
import org.HdrHistogram.ConcurrentHistogram;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Which client operations are in hand, and which recent ones were slowest, for those who look for a
 * reason.
 *
 * <p>An operation that was dropped, not answered, counts like any other. <b>Threads:</b> any.
 */
final class OpTracker {
  private static final Logger LOG = LoggerFactory.getLogger(OpTracker.class);
  private static final int LISTED = 1000;

  private static final DateTimeFormatter TIME =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxx").withZone(ZoneOffset.UTC);

  /** What a request may carry in memory (names, values) and still be kept as it is. */
  private static final int KEPT_BYTES = 1024;

  /**
   * An operation that is over.
   *
   * @param description its words, or what they can be made of: few are ever asked for
   */
  private record Past(Object description, long receivedNanos, long endNanos) {
    static Past of(ClientOp op, long endNanos) {
      int kept = 0;
      for (OsdOp step : op.request().ops()) {
        kept += step.hasData() ? step.dataLength() : 0;
      }
      Object words = op.words();
      return new Past(kept <= KEPT_BYTES ? words : words.toString(), op.receivedNanos(), endNanos);
    }

    private long nanos() {
      return endNanos - receivedNanos;
    }
  }

  /** Longer than this counts as this: what waits a minute is in {@link #inFlight}. */
  private static final long MICROS_MAX = 60_000_000L;

  private final Clock clock;
  private final OsdOptions options;

  /** Microseconds from arrival to end, to two digits. */
  private final ConcurrentHistogram latencies = new ConcurrentHistogram(1, MICROS_MAX, 2);

  private final Set<ClientOp> inFlight = ConcurrentHashMap.newKeySet();
  private final Deque<Past> recent = new ArrayDeque<>();
  private final Deque<Past> slow = new ArrayDeque<>();

  /**
   * @param options how long is long, and how many are kept for how long
   */
  OpTracker(Clock clock, OsdOptions options) {
    this.clock = clock;
    this.options = options;
  }

  void begin(ClientOp op) {
    inFlight.add(op);
  }

  void end(ClientOp op) {
    if (!inFlight.remove(op)) {
      return;
    }
    long now = clock.nanos();
    latencies.recordValue(Math.max(1, Math.min(MICROS_MAX, (now - op.receivedNanos()) / 1000)));
    boolean isSlow = now - op.receivedNanos() >= slowNanos();
    Past past = Past.of(op, now);
    synchronized (recent) {
      recent.addLast(past);
      if (isSlow) {
        slow.addLast(past);
      }
      forget(now);
    }
  }

  private void forget(long now) {
    long floor = now - options.nanos(DaemonOptions.OP_HISTORY_DURATION);
    forget(recent, options.count(DaemonOptions.OP_HISTORY_SIZE), floor);
    forget(slow, options.count(DaemonOptions.OP_HISTORY_SLOW_OP_SIZE), floor);
  }

  private static void forget(Deque<Past> list, int size, long floor) {
    while (list.size() > size || !list.isEmpty() && list.peekFirst().endNanos() < floor) {
      list.removeFirst();
    }
  }

  private long slowNanos() {
    return options.nanos(DaemonOptions.OP_HISTORY_SLOW_OP_THRESHOLD);
  }

  private long complaintNanos() {
    return options.nanos(DaemonOptions.OP_COMPLAINT_TIME);
  }

  /** Seconds that this share of all operations took at most: {@code {p50, p90, p99, p999, max}}. */
  Map<String, Object> percentiles() {
    ConcurrentHistogram now = latencies.copy();
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("p50", now.getValueAtPercentile(50) / 1e6);
    all.put("p90", now.getValueAtPercentile(90) / 1e6);
    all.put("p99", now.getValueAtPercentile(99) / 1e6);
    all.put("p999", now.getValueAtPercentile(99.9) / 1e6);
    all.put("max", now.getMaxValue() / 1e6);
    return all;
  }

  /** {@code dump_ops_in_flight}, oldest first. */
  Map<String, Object> inFlight() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("ops", olderThan(0));
    all.put("num_ops", inFlight.size());
    return all;
  }

  /** {@code dump_blocked_ops}: those of them that are complained of. */
  Map<String, Object> blocked() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("ops", olderThan(complaintNanos()));
    all.put("complaint_time", options.number(DaemonOptions.OP_COMPLAINT_TIME));
    all.put("num_blocked_ops", blockedNow().count());
    return all;
  }

  private List<Map<String, Object>> olderThan(long nanos) {
    long now = clock.nanos();
    List<Map<String, Object>> ops = new ArrayList<>();
    inFlight.stream()
        .filter(op -> now - op.receivedNanos() >= nanos)
        .sorted(Comparator.comparingLong(ClientOp::receivedNanos))
        .limit(LISTED)
        .forEach(op -> ops.add(line(op.toString(), op.receivedNanos(), now)));
    return ops;
  }

  /**
   * Operations in hand for long.
   *
   * @param oldest null when there is none
   */
  record Slow(int count, ClientOp oldest, long oldestNanos) {}

  /** Those that are complained of. */
  Slow blockedNow() {
    long nanos = complaintNanos();
    long now = clock.nanos();
    int count = 0;
    ClientOp oldest = null;
    for (ClientOp op : inFlight) {
      if (now - op.receivedNanos() >= nanos) {
        count++;
        oldest = oldest == null || op.receivedNanos() < oldest.receivedNanos() ? op : oldest;
      }
    }
    return new Slow(count, oldest, oldest == null ? 0 : now - oldest.receivedNanos());
  }

  /**
   * One line while somebody waits that long.
   *
   * @param cluster takes it for the cluster's log
   */
  void complain(Consumer<String> cluster) {
    Slow slow = blockedNow();
    if (slow.count() > 0) {
      long seconds = slow.oldestNanos() / 1_000_000_000L;
      String text = slow.count() + " slow requests, oldest one blocked for " + seconds + " secs";
      LOG.warn("{}: {}", text, slow.oldest());
      cluster.accept(text);
    }
  }

  /** {@code dump_historic_ops}: the last ones. */
  Map<String, Object> historic() {
    return recent(Comparator.comparingLong(Past::receivedNanos));
  }

  /** {@code dump_historic_ops_by_duration}: the last ones, slowest first. */
  Map<String, Object> historicByDuration() {
    return recent(Comparator.comparingLong(Past::nanos).reversed());
  }

  /** {@code dump_historic_slow_ops}: the last of those that took long. */
  Map<String, Object> slow() {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("num to keep", options.count(DaemonOptions.OP_HISTORY_SLOW_OP_SIZE));
    all.put("threshold to keep", slowNanos() / 1_000_000_000L);
    all.put("Ops", past(slow, Comparator.comparingLong(Past::receivedNanos)));
    return all;
  }

  private Map<String, Object> recent(Comparator<Past> order) {
    Map<String, Object> all = new LinkedHashMap<>();
    all.put("size", options.count(DaemonOptions.OP_HISTORY_SIZE));
    all.put("duration", (long) options.number(DaemonOptions.OP_HISTORY_DURATION));
    all.put("ops", past(recent, order));
    return all;
  }

  private List<Map<String, Object>> past(Deque<Past> list, Comparator<Past> order) {
    List<Past> kept;
    synchronized (recent) {
      forget(clock.nanos());
      kept = new ArrayList<>(list);
    }
    kept.sort(order);
    return kept.stream()
        .map(past -> line(past.description().toString(), past.receivedNanos(), past.endNanos()))
        .toList();
  }

  private Map<String, Object> line(String description, long from, long to) {
    Map<String, Object> line = new LinkedHashMap<>();
    line.put("description", description);
    line.put("initiated_at", wall(from));
    line.put("age", (clock.nanos() - from) / 1e9);
    line.put("duration", (to - from) / 1e9);
    return line;
  }

  private String wall(long nanos) {
    long at = clock.wallNanos() - (clock.nanos() - nanos);
    return TIME.format(Instant.ofEpochSecond(0, at));
  }
}
