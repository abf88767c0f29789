package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ChecksumVectorTest {
  @Test
  void shouldSurviveEncoding() {
    ChecksumVector vector = ChecksumVector.of(Pipes.bytes(3, 10_000), 0, 10_000);
    Encoder encoder = new Encoder();
    vector.encode(encoder);
    byte[] bytes = encoder.toByteArray();
    assertThat(bytes).hasSize(8 + 4 + 3 * 4);
    assertThat(ChecksumVector.decode(new Decoder(bytes)))
        .isEqualTo(vector)
        .hasSameHashCodeAs(vector);
  }

  @Test
  void shouldSliceAlongBlocksOnly() {
    byte[] bytes = Pipes.bytes(3, 10_000);
    ChecksumVector vector = ChecksumVector.of(bytes, 0, 10_000);
    assertThat(vector.slice(4096, 4096)).isEqualTo(ChecksumVector.of(bytes, 4096, 4096));
    assertThat(vector.slice(4096, 5904)).isEqualTo(ChecksumVector.of(bytes, 4096, 5904));
    assertThatThrownBy(() -> vector.slice(1, 4096)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> vector.slice(0, 5000)).isInstanceOf(IllegalArgumentException.class);
    assertThatThrownBy(() -> vector.slice(8192, 4096)).isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldRefuseCountsThatDoNotFitTheLength() {
    byte[] lying = new Encoder().le64(10_000).le32(2).le32(1).le32(2).toByteArray();
    assertThatThrownBy(() -> ChecksumVector.decode(new Decoder(lying)))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("2 checksums for 10000 bytes");
    byte[] huge = new Encoder().le64(-1).le32(0).toByteArray();
    assertThatThrownBy(() -> ChecksumVector.decode(new Decoder(huge)))
        .isInstanceOf(MalformedInputException.class);
    byte[] endless = new Encoder().le64(Long.MAX_VALUE).le32(0).toByteArray();
    assertThatThrownBy(() -> ChecksumVector.decode(new Decoder(endless)))
        .isInstanceOf(MalformedInputException.class);
    assertThatThrownBy(() -> new ChecksumVector(1, new int[0]))
        .isInstanceOf(IllegalArgumentException.class);
  }
}
