package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

class Crc32cTest {
  private static final byte[] A = {'A'};

  @Test
  void shouldGiveCephsVectorsWhenSeededWithZero() {
    int once = Crc32c.update(0, A);
    assertThat(once).isEqualTo(0xB3109EBF);
    assertThat(Crc32c.update(once, A)).isEqualTo(0x5FA5C0CC);
  }

  @Test
  void shouldBeTheInverseOfTheStandardChecksumWhenSeededWithMinusOne() {
    byte[] digits = "123456789".getBytes(StandardCharsets.US_ASCII);
    assertThat(~Crc32c.update(Crc32c.SEED, digits)).isEqualTo(0xE3069283);
  }

  @Test
  void shouldNotMoveTheBuffersPosition() {
    ByteBuffer buffer = ByteBuffer.wrap(new byte[] {9, 'A', 9});
    buffer.position(1).limit(2);
    assertThat(Crc32c.update(0, buffer)).isEqualTo(0xB3109EBF);
    assertThat(Crc32c.update(0, buffer.duplicate().rewind(), buffer.position(), A.length))
        .isEqualTo(0xB3109EBF);
    assertThat(buffer.position()).isEqualTo(1);
  }

  @Test
  void shouldLeaveTheSeedWhenThereIsNothing() {
    assertThat(Crc32c.update(77, new byte[0])).isEqualTo(77);
    assertThat(Crc32c.concat(77, Crc32c.SEED, 0)).isEqualTo(77);
    assertThat(Crc32c.zeros(77, 0)).isEqualTo(77);
  }

  /** ceph: test/bufferlist.cc and test/common/test_crc32c.cc use the same 256 MiB of bytes. */
  @Test
  @Tag("slow")
  void shouldGiveCephsVectorsOfManyBytes() {
    byte[] chunk = new byte[1 << 20];
    int seedZero = 0;
    int seedFive = 5;
    for (int i = 0; i < chunk.length; i++) {
      chunk[i] = (byte) ((i & 0xff) ^ 73);
    }
    for (int i = 0; i < 256; i++) {
      seedZero = Crc32c.update(seedZero, chunk);
      seedFive = Crc32c.update(seedFive, chunk);
    }
    assertThat(Integer.toUnsignedLong(seedZero)).isEqualTo(1138817026L);
    assertThat(Integer.toUnsignedLong(seedFive)).isEqualTo(3239494520L);
  }
}
