package io.sluice.types;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/**
 * Wall-clock time, or a duration; both parts unsigned. Clients may send nanoseconds of more than a
 * second. (ceph: utime_t, {@code le32 seconds | le32 nanoseconds})
 */
public record UTime(int seconds, int nanos) implements Comparable<UTime> {
  private static final long NANOS_PER_SECOND = 1_000_000_000L;

  public static final UTime ZERO = new UTime(0, 0);

  public static UTime ofNanos(long nanosSinceEpoch) {
    return new UTime(
        (int) (nanosSinceEpoch / NANOS_PER_SECOND), (int) (nanosSinceEpoch % NANOS_PER_SECOND));
  }

  /** In nanoseconds. */
  public long toNanos() {
    return Integer.toUnsignedLong(seconds) * NANOS_PER_SECOND + Integer.toUnsignedLong(nanos);
  }

  /** By seconds, then nanoseconds, as Ceph: no carry. */
  @Override
  public int compareTo(UTime other) {
    int order = Integer.compareUnsigned(seconds, other.seconds);
    return order != 0 ? order : Integer.compareUnsigned(nanos, other.nanos);
  }

  public void encode(Encoder to) {
    to.le32(seconds).le32(nanos);
  }

  public static UTime decode(Decoder from) {
    int seconds = from.le32();
    return new UTime(seconds, from.le32());
  }
}
