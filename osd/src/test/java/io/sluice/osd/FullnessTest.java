package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.objectstore.MemoryStore;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A peer that was full is tried again, by one operation at a time. */
class FullnessTest {
  private static final long SECOND = 1_000_000_000L;

  private final ManualClock clock = new ManualClock(5 * SECOND);
  private final Fullness fullness = new Fullness(new MemoryStore(Runnable::run), clock);

  @Test
  void shouldTakeThePeersWordWhenItIsFresh() {
    assertThat(fullness.fullest(List.of(1, 2))).isZero();
    fullness.note(1, 960);
    assertThat(fullness.fullest(List.of(1, 2))).isEqualTo(960);
    assertThat(fullness.fullest(List.of(2))).isZero();
    fullness.note(1, 900);
    assertThat(fullness.fullest(List.of(1, 2))).isZero();
  }

  @Test
  void shouldLetOneOperationTryWhenThePeersWordIsOld() {
    fullness.note(1, 960);
    clock.now += 3 * SECOND;
    assertThat(fullness.fullest(List.of(1, 2))).isZero();
    assertThat(fullness.fullest(List.of(1, 2))).isEqualTo(960);
    clock.now += 3 * SECOND;
    fullness.note(2, 970);
    assertThat(fullness.fullest(List.of(1, 2)))
        .as("not where another is full for sure")
        .isEqualTo(970);
    assertThat(fullness.fullest(List.of(1))).isZero();
  }
}
