package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.types.Clock;

/**
 * How full our store is, asked for at most every so often.
 *
 * <p><b>Threads:</b> any.
 */
final class Fullness {
  private static final long FRESH_NANOS = 200_000_000L; // at 2 GB/s a fifth of a second is 400 MB

  private final ObjectStore store;
  private final Clock clock;
  private volatile int permille = -1;
  private volatile long askedNanos;

  Fullness(ObjectStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** Thousandths in use, 0-1000. */
  int permille() {
    long now = clock.nanos();
    if (permille < 0 || now - askedNanos > FRESH_NANOS) {
      ObjectStore.Space space = store.space();
      long used = space.total() - space.free();
      permille =
          space.total() <= 0 ? 0 : (int) Math.max(0, Math.min(1000, used * 1000 / space.total()));
      askedNanos = now;
    }
    return permille;
  }
}
