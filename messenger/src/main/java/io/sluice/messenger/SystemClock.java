package io.sluice.messenger;

import io.sluice.types.Clock;
import java.time.Instant;

/** The machine's time. */
final class SystemClock implements Clock {
  static final SystemClock INSTANCE = new SystemClock();

  private SystemClock() {}

  /** CLOCK_MONOTONIC: goes on while the process is stopped. */
  @Override
  public long nanos() {
    return System.nanoTime();
  }

  @Override
  public long wallNanos() {
    Instant now = Instant.now();
    return now.getEpochSecond() * 1_000_000_000L + now.getNano();
  }
}
