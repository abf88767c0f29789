package io.sluice.osd;

import io.sluice.types.Clock;

/** Time that passes when the test says so. */
final class ManualClock implements Clock {
  long now;

  ManualClock(long now) {
    this.now = now;
  }

  @Override
  public long nanos() {
    return now;
  }

  @Override
  public long wallNanos() {
    return now;
  }
}
