package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.types.EntityName;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** What {@code SLUICE_FAULTS} asks for is what happens, and nothing without it. */
class FaultsTest {
  private static long dropped(String text) {
    Faults faults = Faults.parse(text);
    return IntStream.range(0, 10_000).filter(each -> faults.drops()).count();
  }

  @Test
  void shouldFailAsOftenAsAsked() {
    assertThat(dropped("drop=100,seed=1")).isBetween(50L, 150L);
    assertThat(dropped("drop=1")).isEqualTo(10_000);
    assertThat(dropped(null)).isZero();
    assertThat(dropped("")).isZero();
    Faults delays = Faults.parse("delay=1:20,connect=1");
    assertThat(delays.delayNanos(EntityName.OSD)).isEqualTo(20_000_000L);
    assertThat(delays.doublesConnect()).isTrue();
    assertThat(delays.drops()).isFalse();
  }

  @Test
  void shouldFailAsOptionsSay() {
    Faults faults = Faults.parse("seed=1");
    faults.inject(new InjectedFaults(100, "osd mon", 0.5, 1_000_000L));
    assertThat(IntStream.range(0, 10_000).filter(each -> faults.drops()).count())
        .isBetween(50L, 150L);
    assertThat(delays(faults, EntityName.OSD)).hasSizeBetween(400, 600);
    assertThat(delays(faults, EntityName.MON))
        .allSatisfy(nanos -> assertThat(nanos).isBetween(1L, 1_000_000L));
    assertThat(delays(faults, EntityName.CLIENT)).isEmpty();

    faults.inject(InjectedFaults.NONE);
    assertThat(IntStream.range(0, 10_000).filter(each -> faults.drops()).count()).isZero();
    assertThat(delays(faults, EntityName.OSD)).isEmpty();
  }

  private static List<Long> delays(Faults faults, int peerType) {
    return IntStream.range(0, 1000)
        .mapToObj(each -> faults.delayNanos(peerType))
        .filter(nanos -> nanos > 0)
        .toList();
  }

  @Test
  void shouldRefuseWhatItDoesNotUnderstand() {
    for (String text : new String[] {"drop", "drop=x", "delay=3", "flood=2", "drop=-1"}) {
      assertThatThrownBy(() -> Faults.parse(text))
          .isInstanceOf(IllegalArgumentException.class)
          .hasMessageContaining(text);
    }
  }
}
