package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.objectstore.MemoryStore;
import io.sluice.protocol.FullRatios;
import io.sluice.protocol.StoreRoom;
import java.util.List;
import org.junit.jupiter.api.Test;

/** A peer that was full is tried again, by one operation at a time. */
class FullnessTest {
  private static final long SECOND = 1_000_000_000L;

  private final ManualClock clock = new ManualClock(5 * SECOND);
  private final Fullness fullness = new Fullness(new MemoryStore(Runnable::run), clock);

  private static StoreRoom used(int permille) {
    return new StoreRoom(permille, (1000 - permille) * 1_000_000L);
  }

  @Test
  void shouldTakeThePeersWordWhenItIsFresh() {
    assertThat(fullness.fullest(List.of(1, 2))).isZero();
    fullness.note(1, used(960));
    assertThat(fullness.fullest(List.of(1, 2))).isEqualTo(960);
    assertThat(fullness.fullest(List.of(2))).isZero();
    fullness.note(1, used(900));
    assertThat(fullness.fullest(List.of(1, 2))).isZero();
  }

  @Test
  void shouldCountAsFullWhatTheMapSays() {
    assertThat(fullness.isFull(949)).isFalse();
    assertThat(fullness.isFull(950)).isTrue();
    fullness.follow(new FullRatios(0.7f, 0.8f, 0.75f));
    assertThat(fullness.isFull(800)).isTrue();
    fullness.note(1, used(810));
    assertThat(fullness.fullest(List.of(1))).as("a full peer").isEqualTo(810);
    fullness.follow(new FullRatios(1, 1, 1));
    assertThat(fullness.isFull(969)).isFalse();
    assertThat(fullness.isFull(970)).as("whatever the map says").isTrue();
  }

  @Test
  void shouldLetOneOperationTryWhenThePeersWordIsOld() {
    fullness.note(1, used(960));
    clock.now += 3 * SECOND;
    assertThat(fullness.fullest(List.of(1, 2))).isZero();
    assertThat(fullness.fullest(List.of(1, 2))).isEqualTo(960);
    clock.now += 3 * SECOND;
    fullness.note(2, used(970));
    assertThat(fullness.fullest(List.of(1, 2)))
        .as("not where another is full for sure")
        .isEqualTo(970);
    assertThat(fullness.fullest(List.of(1))).isZero();
  }

  @Test
  void shouldKnowForHowManyBytesPeersHaveRoom() {
    assertThat(fullness.haveRoom(List.of(1, 2), Long.MAX_VALUE)).as("nothing known").isTrue();
    fullness.note(1, used(900));
    assertThat(fullness.haveRoom(List.of(1, 2), 100_000_000)).isTrue();
    assertThat(fullness.haveRoom(List.of(1, 2), 100_000_001)).isFalse();
    assertThat(fullness.haveRoom(List.of(2), 100_000_001)).isTrue();
    clock.now += 3 * SECOND;
    assertThat(fullness.haveRoom(List.of(1), 100_000_001)).as("one that tries it").isTrue();
    assertThat(fullness.haveRoom(List.of(1), 100_000_001)).isFalse();
  }
}
