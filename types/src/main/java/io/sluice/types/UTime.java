package io.sluice.types;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/** Wall-clock time. (ceph: utime_t, {@code le32 seconds | le32 nanoseconds}) */
public record UTime(int seconds, int nanos) {
  public static final UTime ZERO = new UTime(0, 0);

  public static UTime ofNanos(long nanosSinceEpoch) {
    return new UTime(
        (int) (nanosSinceEpoch / 1_000_000_000L), (int) (nanosSinceEpoch % 1_000_000_000L));
  }

  public void encode(Encoder to) {
    to.le32(seconds).le32(nanos);
  }

  public static UTime decode(Decoder from) {
    int seconds = from.le32();
    return new UTime(seconds, from.le32());
  }
}
