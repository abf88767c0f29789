package io.sluice.bufferlist;

import java.util.concurrent.atomic.LongAdder;

/**
 * Remembers the checksum of one range of an allocation, as Ceph's raw does: asked again with the
 * same seed it costs nothing, with another seed the arithmetic of {@link Crc32c#concat}, some 50
 * ns.
 *
 * <p><b>Invariants:</b> the bytes of a segment do not change; whoever breaks that rule calls {@link
 * #forget}. <b>Threads:</b> any.
 */
final class ChecksumCache {
  /** Below this, reading the bytes is as cheap as remembering. */
  static final int WORTH_BYTES = 1024;

  static final LongAdder HITS = new LongAdder();
  static final LongAdder ADJUSTED = new LongAdder();
  static final LongAdder MISSES = new LongAdder();

  /** {@code crc} is that of {@code [from, to)} with {@code seed}. */
  private record Entry(long from, long to, int seed, int crc) {}

  /** Computes the checksum with seed -1. */
  interface Bytes {
    int crc();
  }

  private volatile Entry entry;

  int crc(int seed, long from, long to, Bytes bytes) {
    Entry known = entry;
    if (known != null && known.from == from && known.to == to) {
      if (known.seed == seed) {
        HITS.increment();
        return known.crc;
      }
      ADJUSTED.increment();
      return Crc32c.reseed(known.crc, known.seed, seed, to - from);
    }
    MISSES.increment();
    int crc = Crc32c.reseed(bytes.crc(), Crc32c.SEED, seed, to - from);
    entry = new Entry(from, to, seed, crc);
    return crc;
  }

  boolean knows(long from, long to) {
    Entry known = entry;
    return known != null && known.from == from && known.to == to;
  }

  /** Somebody knows it (seed -1) without another look. */
  void remember(long from, long to, int crc) {
    entry = new Entry(from, to, Crc32c.SEED, crc);
  }

  void forget() {
    entry = null;
  }
}
