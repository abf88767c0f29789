package io.sluice.bufferlist;

import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLongArray;

/**
 * Counts what the garbage collector does not give back, so that a test that ends with more than it
 * began fails and {@code perf dump} can say what a daemon holds.
 *
 * <p>Whoever opens calls {@link #opened}, whoever closes {@link #closed}; counts are of the whole
 * process. <b>Threads:</b> any.
 */
public final class Resources {
  /** What is counted. */
  public enum Kind {
    PIPE,
    MEMFD,
    MAPPING,
    /** Leased from a pool and not yet given back. */
    DIRECT_BUFFER,
    /** Leased from a pool and not yet given back. */
    MEMFD_BUFFER,
    /** Descriptors of files and sockets. */
    FD,
    /** Objects of native libraries, such as a database handle. */
    NATIVE_OBJECT
  }

  private static final AtomicLongArray LIVE = new AtomicLongArray(Kind.values().length);

  private Resources() {}

  /** One more. */
  public static void opened(Kind kind) {
    LIVE.incrementAndGet(kind.ordinal());
  }

  /** One less. */
  public static void closed(Kind kind) {
    LIVE.decrementAndGet(kind.ordinal());
  }

  /** Opened and not yet closed. */
  public static long live(Kind kind) {
    return LIVE.get(kind.ordinal());
  }

  /** Live counts of all kinds, in the order of the kinds. */
  public static Map<Kind, Long> live() {
    Map<Kind, Long> counts = new EnumMap<>(Kind.class);
    for (Kind kind : Kind.values()) {
      counts.put(kind, live(kind));
    }
    return counts;
  }

  /** The name of a kind in {@code perf dump}. */
  public static String nameOf(Kind kind) {
    return kind.name().toLowerCase(Locale.ROOT);
  }
}
