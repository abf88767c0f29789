package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class ReadGuardTest {
  private static final DiskExtent ONE = new DiskExtent(0, 4096);
  private static final DiskExtent TWO = new DiskExtent(4096, 4096);

  private final ReadGuard guard = new ReadGuard();

  @Test
  void shouldFreeAtOnceWhenNobodyReads() {
    assertThat(guard.retire(List.of(ONE))).containsExactly(ONE);
    assertThat(guard.waiting()).isZero();
  }

  @Test
  void shouldHoldBackForAReaderThatBeganBefore() {
    long early = guard.enter();
    assertThat(guard.retire(List.of(ONE))).isEmpty();
    long late = guard.enter();
    assertThat(guard.retire(List.of(TWO))).isEmpty();
    assertThat(guard.waiting()).isEqualTo(2);
    assertThat(guard.exit(early)).containsExactly(ONE);
    assertThat(guard.exit(late)).containsExactly(TWO);
  }

  @Test
  void shouldNotWaitForReadersThatBeganAfterwards() {
    long early = guard.enter();
    guard.retire(List.of(ONE));
    long late = guard.enter();
    assertThat(guard.exit(early)).containsExactly(ONE);
    assertThat(guard.exit(late)).isEmpty();
  }

  @Test
  void shouldHoldBackForEveryReaderOfTheEpoch() {
    long first = guard.enter();
    long second = guard.enter();
    guard.retire(List.of(ONE));
    assertThat(guard.exit(second)).isEmpty();
    assertThat(guard.exit(first)).containsExactly(ONE);
  }
}
