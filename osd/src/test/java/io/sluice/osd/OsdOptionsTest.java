package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Map;
import org.junit.jupiter.api.Test;

/** What {@code config show} says of options. */
class OsdOptionsTest {
  private final OsdOptions options = new OsdOptions();

  @Test
  void shouldShowWholeNumbersWithoutAFraction() {
    options.take(Map.of("osd_max_scrubs", "2", "osd_scrub_sleep", "0.25"));
    assertThat(options.show())
        .containsEntry("osd_max_scrubs", 2L)
        .containsEntry("osd_scrub_sleep", 0.25)
        .containsEntry("osd_memory_target", 4L << 30);
  }
}
