package io.sluice.bufferlist;

import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;

/**
 * A decoder of bytes from outside, for the tests that feed it damage: a module lists its decoders
 * once, and its fuzz test and its property go through the same list.
 *
 * <p>The rule they hold: whatever the bytes, the decoder returns, or throws {@link
 * MalformedInputException}; nothing else, no allocation beyond what the bytes can hold (the heap of
 * a test is small), and soon.
 *
 * @param name of what it decodes
 * @param samples bytes that it reads
 * @param read decodes, and looks at what it decoded as far as its users do
 */
public record DecoderTarget(String name, List<byte[]> samples, Consumer<byte[]> read) {
  public DecoderTarget {
    samples = List.copyOf(samples);
  }

  public static DecoderTarget of(String name, Consumer<byte[]> read, byte[]... samples) {
    return new DecoderTarget(name, List.of(samples), read);
  }

  /** Decodes, or is refused. */
  public void tryRead(byte[] bytes) {
    try {
      read.accept(bytes);
    } catch (MalformedInputException refused) {
      if (refused.getMessage() == null) {
        throw new AssertionError(name + " was refused without a word", refused);
      }
    }
  }

  /** Reads a sample damaged in one of the ways that find defects; which one, the seed says. */
  public void tryDamaged(long seed) {
    Random random = new Random(seed);
    byte[] bytes =
        samples.isEmpty() ? new byte[64] : samples.get(random.nextInt(samples.size())).clone();
    switch (random.nextInt(5)) {
      case 0 -> bytes = Arrays.copyOf(bytes, random.nextInt(bytes.length + 1));
      case 1 -> hugeCount(bytes, random);
      case 2 -> random.nextBytes(bytes);
      default -> flip(bytes, random);
    }
    tryRead(bytes);
  }

  private static void hugeCount(byte[] bytes, Random random) {
    int[] values = {-1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x00ffffff, random.nextInt()};
    int value = values[random.nextInt(values.length)];
    int at = random.nextInt(Math.max(1, bytes.length - 3));
    for (int i = 0; i < 4 && at + i < bytes.length; i++) {
      bytes[at + i] = (byte) (value >>> 8 * i);
    }
  }

  private static void flip(byte[] bytes, Random random) {
    for (int i = random.nextInt(4); i >= 0 && bytes.length > 0; i--) {
      int at = random.nextInt(bytes.length);
      bytes[at] =
          random.nextBoolean()
              ? (byte) random.nextInt()
              : (byte) (bytes[at] ^ 1 << random.nextInt(8));
    }
  }

  @Override
  public String toString() {
    return name;
  }
}
