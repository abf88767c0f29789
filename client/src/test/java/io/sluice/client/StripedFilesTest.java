package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class StripedFilesTest {
  @Test
  void shouldNameAndCountObjectsAsLibradosstriperDoes() {
    assertThat(StripedFiles.part("f", 0)).isEqualTo("f.0000000000000000");
    assertThat(StripedFiles.part("f", 255)).isEqualTo("f.00000000000000ff");
    assertThat(StripedFiles.parts(0)).isEqualTo(1);
    assertThat(StripedFiles.parts(1)).isEqualTo(1);
    assertThat(StripedFiles.parts(4 << 20)).isEqualTo(1);
    assertThat(StripedFiles.parts((4 << 20) + 1)).isEqualTo(2);
    assertThat(StripedFiles.parts(1L << 40)).isEqualTo(1 << 18);
  }
}
