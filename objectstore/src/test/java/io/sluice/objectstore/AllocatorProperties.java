package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.BitSet;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;

class AllocatorProperties {
  private static final int BLOCK = DiskExtent.BLOCK;
  private static final int BLOCKS = 200;

  /** Data files of 70, 70 and 60 blocks. */
  private static final long FILE_BYTES = 70L * BLOCK;

  private final BitSet used = new BitSet();
  private final List<List<DiskExtent>> held = new ArrayList<>();

  @Property
  void shouldNeverGiveABlockTwice(@ForAll long seed) {
    Random random = new Random(seed);
    Allocator allocator = new Allocator(BLOCKS * (long) BLOCK, FILE_BYTES);
    used.clear();
    held.clear();
    for (int step = 0; step < 200; step++) {
      if (random.nextInt(3) > 0) {
        allocate(allocator, 1 + random.nextInt(40 * BLOCK));
      } else if (!held.isEmpty()) {
        List<DiskExtent> extents = held.remove(random.nextInt(held.size()));
        extents.forEach(extent -> mark(extent, false));
        extents.forEach(allocator::free);
      }
      check(allocator);
    }
    Allocator mounted = new Allocator(BLOCKS * (long) BLOCK, FILE_BYTES);
    held.forEach(extents -> extents.forEach(mounted::reserve));
    assertThat(mounted.freeRuns()).isEqualTo(allocator.freeRuns());
    held.forEach(extents -> extents.forEach(allocator::free));
    assertThat(allocator.freeBytes()).isEqualTo(BLOCKS * (long) BLOCK);
    assertThat(allocator.freeRuns()).hasSize(3);
  }

  private void allocate(Allocator allocator, long bytes) {
    long blocks = (bytes + BLOCK - 1) / BLOCK;
    List<DiskExtent> extents = allocator.allocate(bytes);
    if (extents == null) {
      assertThat(blocks).isGreaterThan(BLOCKS - used.cardinality());
      return;
    }
    assertThat(extents.stream().mapToLong(DiskExtent::length).sum()).isEqualTo(blocks * BLOCK);
    extents.forEach(extent -> mark(extent, true));
    held.add(extents);
  }

  private void mark(DiskExtent extent, boolean use) {
    assertThat(extent.start() / FILE_BYTES).isEqualTo((extent.end() - 1) / FILE_BYTES);
    for (int block = (int) (extent.start() / BLOCK); block < extent.end() / BLOCK; block++) {
      assertThat(used.get(block)).isNotEqualTo(use);
      used.set(block, use);
    }
  }

  private void check(Allocator allocator) {
    assertThat(allocator.freeBytes()).isEqualTo((BLOCKS - used.cardinality()) * (long) BLOCK);
    long end = -1;
    for (DiskExtent run : allocator.freeRuns()) {
      assertThat(run.start() > end || run.start() % FILE_BYTES == 0).isTrue();
      assertThat(used.nextSetBit((int) (run.start() / BLOCK)))
          .matches(next -> next < 0 || next * (long) BLOCK >= run.end());
      end = run.end();
    }
  }

  @Example
  void shouldReuseAGapOfTheSameSize() {
    Allocator allocator = new Allocator(BLOCKS * (long) BLOCK, FILE_BYTES);
    List<DiskExtent> first = allocator.allocate(5 * BLOCK);
    allocator.allocate(5 * BLOCK);
    allocator.free(first.get(0));
    assertThat(allocator.allocate(5 * BLOCK - 1)).isEqualTo(first);
  }

  @Example
  void shouldRefuseToFreeTwice() {
    Allocator allocator = new Allocator(BLOCKS * (long) BLOCK, FILE_BYTES);
    DiskExtent extent = allocator.allocate(BLOCK).get(0);
    allocator.free(extent);
    assertThatThrownBy(() -> allocator.free(extent)).hasMessageContaining("freed twice");
    assertThatThrownBy(() -> allocator.free(new DiskExtent(BLOCKS * (long) BLOCK, BLOCK)))
        .hasMessageContaining("outside");
    allocator.reserve(extent);
    assertThatThrownBy(() -> allocator.reserve(extent)).hasMessageContaining("used twice");
  }
}
