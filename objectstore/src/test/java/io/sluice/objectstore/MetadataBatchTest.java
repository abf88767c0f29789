package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.management.BufferPoolMXBean;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What was put into a batch comes out of it, however large, however often it is used. */
class MetadataBatchTest {
  private final List<String> taken = new ArrayList<>();

  private final MetadataBatch.Target<RuntimeException> target =
      new MetadataBatch.Target<>() {
        @Override
        public void put(ByteBuffer key, ByteBuffer value) {
          taken.add("put " + text(key) + "=" + text(value));
        }

        @Override
        public void delete(ByteBuffer key) {
          taken.add("delete " + text(key));
        }

        @Override
        public void deleteRange(byte[] first, byte[] end) {
          taken.add("range " + Arrays.toString(first) + " " + Arrays.toString(end));
        }
      };

  private static String text(ByteBuffer bytes) {
    byte[] copy = new byte[bytes.remaining()];
    bytes.get(copy);
    return copy.length > 8 ? copy.length + " x " + copy[copy.length - 1] : Arrays.toString(copy);
  }

  @Test
  void shouldGiveBackTheChangesInOrder() {
    MetadataBatch batch = new MetadataBatch();
    assertThat(batch.isEmpty()).isTrue();
    for (int round = 0; round < 3; round++) {
      batch.clear();
      taken.clear();
      List<String> expected = new ArrayList<>();
      for (int i = 0; i < 100; i++) {
        byte[] value = new byte[100 << 10];
        Arrays.fill(value, (byte) i);
        batch.put(new byte[] {1, (byte) i}, value);
        expected.add("put [1, " + i + "]=" + value.length + " x " + i);
      }
      batch.put(new byte[] {2}, new byte[0]).delete(new byte[] {3});
      batch.deleteRange(new byte[] {4}, new byte[] {5, 6});
      expected.addAll(List.of("put [2]=[]", "delete [3]", "range [4] [5, 6]"));
      batch.forEach(target);
      assertThat(taken).isEqualTo(expected);
      assertThat(batch.length()).isEqualTo(100 * (2 + (100 << 10)) + 1 + 1 + 1 + 2);
    }
    taken.clear();
    assertThat(batch.clear().isEmpty()).isTrue();
    batch.forEach(target);
    assertThat(taken).isEmpty();
  }

  @Test
  void shouldAllocateNothingOutsideTheHeapWhenLarge() {
    MetadataBatch batch = new MetadataBatch();
    long before = directBytes();
    byte[] value = new byte[100 << 10];
    for (int round = 0; round < 50; round++) {
      for (int i = 0; i < 40; i++) {
        batch.put(new byte[] {1, (byte) i}, value);
      }
      assertThat(batch.length()).isGreaterThan(MetadataBatch.DIRECT_BYTES_MAX);
      batch.clear();
    }
    assertThat(directBytes() - before).isLessThanOrEqualTo(2L * MetadataBatch.DIRECT_BYTES_MAX);
  }

  /** Of the whole process, with what was dropped and not collected yet. */
  private static long directBytes() {
    return ManagementFactory.getPlatformMXBeans(BufferPoolMXBean.class).stream()
        .filter(pool -> pool.getName().equals("direct"))
        .mapToLong(BufferPoolMXBean::getMemoryUsed)
        .sum();
  }
}
