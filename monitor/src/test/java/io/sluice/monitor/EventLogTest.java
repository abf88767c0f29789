package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.LogLines;
import org.junit.jupiter.api.Test;

/** One line for each event that matters, and no more: docs/observability.md. */
class EventLogTest {
  private static final long SECOND = 1_000 * MonitorBench.MS;

  private final MonitorBench bench = new MonitorBench();

  @Test
  void shouldLogOnceThatAnOsdIsUpDownOutAndUpAgain() {
    try (LogLines log = new LogLines()) {
      MonitorBench.Osd osd = bench.osd(0);
      MonitorBench.Osd other = bench.osd(1);
      bench.beaconFor(20 * SECOND, osd, other);
      assertThat(log.with("osd.0"))
          .singleElement()
          .asString()
          .matches("INFO osd\\.0 is up at .* in epoch 2");
      bench.beaconFor(60 * SECOND, other);
      assertThat(log.with("osd.0")).hasSize(2);
      assertThat(log.with("osd.0").get(1))
          .matches("WARN osd\\.0 at .* is down: marked down after no beacon for .* seconds");
      bench.beaconFor(600 * SECOND, other);
      assertThat(log.with("osd.0")).hasSize(3);
      assertThat(log.with("osd.0").get(2))
          .isEqualTo("WARN Marking osd.0 out (has been down for 600 seconds)");
      MonitorBench.Osd again = bench.new Osd(0, 77);
      again.boot();
      bench.beaconFor(20 * SECOND, again, other);
      assertThat(log.with("osd.0 is up")).hasSize(2);
      assertThat(log.with("osd.1")).as("nothing happened to it").hasSize(1);
    }
  }
}
