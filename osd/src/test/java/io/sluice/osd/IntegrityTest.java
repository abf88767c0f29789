package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class IntegrityTest {
  @Test
  void shouldBeLazyUnlessToldOtherwise() {
    assertThat(Integrity.parse(null)).isEqualTo(Integrity.LAZY);
    assertThat(Integrity.parse("lazy")).isEqualTo(Integrity.LAZY);
    assertThat(Integrity.parse("ingest")).isEqualTo(Integrity.INGEST);
  }

  @Test
  void shouldCheckEverythingWhenTheWordIsUnknown() {
    assertThat(Integrity.parse("sometimes")).isEqualTo(Integrity.INGEST);
  }
}
