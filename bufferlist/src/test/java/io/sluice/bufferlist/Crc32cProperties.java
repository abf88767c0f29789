package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

class Crc32cProperties {
  /** One bit at a time, from the definition. */
  private static int slow(int seed, byte[] bytes) {
    int crc = seed;
    for (byte b : bytes) {
      crc ^= b & 0xff;
      for (int bit = 0; bit < 8; bit++) {
        crc = crc >>> 1 ^ ((crc & 1) != 0 ? 0x82f63b78 : 0);
      }
    }
    return crc;
  }

  @Property
  void matchesTheDefinition(@ForAll int seed, @ForAll @Size(max = 300) byte[] bytes) {
    assertThat(Crc32c.update(seed, bytes)).isEqualTo(slow(seed, bytes));
  }

  @Property
  void joinsNeighbours(
      @ForAll int seed, @ForAll @Size(max = 200) byte[] a, @ForAll @Size(max = 200) byte[] b) {
    int whole = slow(slow(seed, a), b);
    assertThat(Crc32c.concat(slow(seed, a), slow(Crc32c.SEED, b), b.length)).isEqualTo(whole);
  }

  @Property
  void knowsZeros(@ForAll int seed, @ForAll @IntRange(max = 5000) int length) {
    assertThat(Crc32c.zeros(seed, length)).isEqualTo(slow(seed, new byte[length]));
  }

  @Property(tries = 50)
  void combinesVectors(@ForAll int seed, @ForAll @IntRange(max = 40_000) int length) {
    byte[] bytes = Pipes.bytes(seed, length);
    assertThat(ChecksumVector.of(bytes, 0, length).combined(seed))
        .isEqualTo(Crc32c.update(seed, bytes));
  }
}
