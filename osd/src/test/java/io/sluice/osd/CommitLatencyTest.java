package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** The mean of what is new in a count and a sum. */
class CommitLatencyTest {
  private final CommitLatency latency = new CommitLatency();

  private static Map<String, Object> store(long count, double seconds) {
    return Map.of("commit_latency", Map.of("avgcount", count, "sum", seconds));
  }

  @Test
  void shouldSayWhatCommitsTookSinceItWasAskedLast() {
    assertThat(latency.nanosSinceLast(store(2, 0.5))).isEqualTo(250_000_000);
    assertThat(latency.nanosSinceLast(store(6, 2.5))).isEqualTo(500_000_000);
    assertThat(latency.nanosSinceLast(store(6, 2.5))).isZero();
  }

  @Test
  void shouldSayNothingOfAStoreThatDoesNotCount() {
    assertThat(latency.nanosSinceLast(Map.of())).isZero();
  }
}
