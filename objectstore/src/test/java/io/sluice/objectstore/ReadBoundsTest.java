package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What reads keep, and what they bring at a time, is bounded in bytes. */
class ReadBoundsTest {
  private static final int BLOCK = 4096;

  private static boolean has(DataCache cache, long blob, long block) {
    try (BufferList list = new BufferList()) {
      return cache.appendTo(list, blob, block * BLOCK, BLOCK);
    }
  }

  private static void missTwice(DataCache cache, long blob) {
    for (int i = 0; i < 2; i++) {
      cache.offer(blob, 0, ByteBuffer.allocate(BLOCK));
    }
  }

  @Test
  void shouldKeepBlocksUpToItsBytesTheLatestAskedFor() {
    DataCache cache = new DataCache(10 * BLOCK + 1);
    for (int blob = 0; blob < 10; blob++) {
      missTwice(cache, blob);
    }
    assertThat(has(cache, 0, 0)).isTrue();
    for (int blob = 10; blob < 15; blob++) {
      missTwice(cache, blob);
      assertThat(cache.bytes()).isEqualTo(10 * BLOCK);
    }
    assertThat(has(cache, 0, 0)).as("asked for lately").isTrue();
    assertThat(has(cache, 1, 0)).as("not asked for").isFalse();
  }

  @Test
  void shouldKeepNothingOfAScan() {
    DataCache cache = new DataCache(10 * BLOCK);
    missTwice(cache, 7);
    for (int blob = 100; blob < 1100; blob++) {
      cache.offer(blob, 0, ByteBuffer.allocate(2 * BLOCK));
    }
    assertThat(has(cache, 7, 0)).isTrue();
    assertThat(cache.bytes()).isEqualTo(BLOCK);
    DataCache none = new DataCache(0);
    missTwice(none, 7);
    assertThat(none.bytes()).isZero();
  }

  @Test
  void shouldRememberPlacesUpToItsWeight() {
    BlobCache cache = new BlobCache(100_000);
    for (int id = 0; id < 1000; id++) {
      int blocks = 1 + id % 300;
      long bytes = (long) blocks * BLOCK;
      Blob blob = new Blob(bytes, 1, List.of(new DiskExtent(0, bytes)));
      cache.put(id, new BlobCache.Known(blob, new ChecksumVector(bytes, new int[blocks])));
      assertThat(cache.get(id)).isNotNull();
      assertThat(cache.weight()).isLessThanOrEqualTo(100_000);
      cache.put(id, cache.get(id)); // counts once
    }
    assertThat(cache.weight()).isGreaterThan(90_000);
    assertThat(cache.get(0)).isNull();
  }

  @Test
  void shouldStartReadsInOrderWithinTheBoundAndALargerOneAlone() {
    ReadGate gate = new ReadGate(100);
    List<String> started = new ArrayList<>();
    gate.enter(60, () -> started.add("a"));
    gate.enter(60, () -> started.add("b"));
    gate.enter(10, () -> started.add("c")); // would fit, but not before its turn
    gate.enter(500, () -> started.add("large"));
    gate.enter(1, () -> started.add("d"));
    assertThat(started).containsExactly("a");
    gate.leave(60);
    assertThat(started).containsExactly("a", "b", "c");
    gate.leave(60);
    assertThat(started).hasSize(3);
    gate.leave(10);
    assertThat(started).containsExactly("a", "b", "c", "large");
    assertThat(gate.waiting()).isEqualTo(1);
    gate.leave(500);
    assertThat(started).endsWith("d");
    gate.leave(1);
    assertThat(gate.waiting()).isZero();
  }

  /** As reads do whose bytes are in memory; nested in one another they would need a deep stack. */
  @Test
  void shouldStartManyThatEndAtOnce() {
    ReadGate gate = new ReadGate(100);
    List<Integer> started = new ArrayList<>();
    gate.enter(100, () -> {});
    for (int i = 0; i < 100_000; i++) {
      int number = i;
      gate.enter(
          1,
          () -> {
            started.add(number);
            gate.leave(1);
          });
    }
    assertThat(started).isEmpty();
    gate.leave(100);
    assertThat(started).hasSize(100_000).isSorted();
    assertThat(gate.waiting()).isZero();
    gate.enter(1, () -> started.add(-1));
    assertThat(started).as("the gate goes on").endsWith(-1);
  }
}
