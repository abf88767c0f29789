package io.sluice.types;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** Times and durations, of which Ceph's clients say odd things. */
class UTimeTest {
  /** Negative as an int: it once ended a lock at once. */
  private static final int FOUR_SECONDS = (int) 4_000_000_000L;

  @Test
  void shouldTakeNanosecondsBeyondASecondAsTheyAre() {
    assertThat(new UTime(2, 5).toNanos()).isEqualTo(2_000_000_005L);
    assertThat(new UTime(2, FOUR_SECONDS).toNanos()).isEqualTo(6_000_000_000L);
    assertThat(new UTime(-1, 0).toNanos()).isEqualTo(4_294_967_295_000_000_000L);
    assertThat(UTime.ofNanos(new UTime(2, FOUR_SECONDS).toNanos())).isEqualTo(new UTime(6, 0));
  }

  @Test
  void shouldCompareBothPartsUnsigned() {
    assertThat(new UTime(1, FOUR_SECONDS)).isGreaterThan(new UTime(1, 5));
    assertThat(new UTime(1, FOUR_SECONDS)).isLessThan(new UTime(2, 0));
    assertThat(new UTime(-1, 0)).isGreaterThan(new UTime(1, 0));
    assertThat(new UTime(3, 4)).isEqualByComparingTo(new UTime(3, 4));
  }
}
