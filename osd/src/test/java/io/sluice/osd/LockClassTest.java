package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.UTime;
import org.junit.jupiter.api.Test;

/** What locks last, of which Ceph's clients say odd things. */
class LockClassTest {
  @Test
  void shouldTakeNanosecondsBeyondASecondAsTheyAre() {
    assertThat(LockClass.nanos(new UTime(2, 5))).isEqualTo(2_000_000_005L);
    int unsigned = (int) 4_000_000_000L; // negative as an int: it once ended a lock at once
    assertThat(LockClass.nanos(new UTime(2, unsigned))).isEqualTo(6_000_000_000L);
    assertThat(LockClass.nanos(new UTime(-1, 0))).isEqualTo(4_294_967_295_000_000_000L);
  }
}
