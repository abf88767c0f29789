package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** How segments lie, and what is copied together to make them lie better. */
@ExtendWith(NoLeaks.class)
class RebuildTest {
  private final PipePool pool = new PipePool(Linux.instance(), new CopyMeter(), 8);

  @AfterEach
  void close() {
    pool.close();
  }

  private static byte[] bytesOf(BufferList list) {
    return list.look(Inspection.DEBUG).bytes(0, (int) list.length());
  }

  /** The range of the bytes in page-aligned memory. */
  private static MemorySegment page(DirectBuffers buffers, byte[] bytes, int from, int count) {
    DirectBuffer page = buffers.tryAcquire(count);
    page.buffer().put(bytes, from, count);
    return page.claimSegment(0, count);
  }

  @Test
  void shouldAppendToAlignedPages() {
    byte[] bytes = Pipes.bytes(5, 50_000);
    try (DirectBuffers buffers = new DirectBuffers(1 << 20);
        BufferAppender appender = BufferAppender.pageAligned(buffers, 2)) {
      appender.raw(bytes, 0, 100).flush().raw(bytes, 100, 49_900);
      try (BufferList list = appender.finish()) {
        assertThat(bytesOf(list)).isEqualTo(bytes);
        assertThat(list.layout().isAlignedTo(4096)).as("flushed within a page").isFalse();
        assertThat(list.rebuildAligned(4096, buffers, Inspection.UNALIGNED_WRITE)).isFalse();
        assertThat(list.layout().isAlignedTo(4096)).as("together again").isTrue();
        assertThat(bytesOf(list)).isEqualTo(bytes);
      }
      assertThat(buffers.leasedBytes()).isZero();
    }
  }

  @Test
  void shouldRebuildOnlyWhatIsNotAligned() {
    byte[] bytes = Pipes.bytes(6, 4096 * 4 + 300);
    try (DirectBuffers buffers = new DirectBuffers(1 << 20);
        BufferList list = new BufferList()) {
      DirectBuffer good = buffers.tryAcquire(8192);
      good.buffer().put(bytes, 0, 8192);
      list.claimAppend(good.claimSegment(0, 8192)).append(bytes, 8192, 1000);
      list.claimAppend(Pipes.holding(pool, Arrays.copyOfRange(bytes, 9192, bytes.length)));
      Segment first = list.segments().get(0);
      assertThat(list.rebuildAligned(4096, buffers, Inspection.UNALIGNED_WRITE)).isTrue();
      assertThat(list.segments().get(0)).isSameAs(first);
      assertThat(list.layout().count()).isEqualTo(2);
      assertThat(bytesOf(list)).isEqualTo(bytes);
      assertThat(bytesOf(list.rebuild(Inspection.DEBUG))).isEqualTo(bytes);
      assertThat(list.layout().isContiguous()).isTrue();
    }
  }

  @Test
  void shouldRebuildWithoutAPoolAtEveryLength() {
    for (int length : new int[] {1, 2, 511, 4095, 4096, 4097, 9000}) {
      byte[] bytes = Pipes.bytes(9, length);
      try (BufferList list = new BufferList().append(bytes)) {
        assertThat(list.rebuildAligned(512, null, Inspection.UNALIGNED_WRITE)).isTrue();
        assertThat(list.layout().isAlignedTo(512)).isTrue();
        assertThat(bytesOf(list)).isEqualTo(bytes);
      }
    }
  }

  @Test
  void shouldTellAlignedRangesAndMemoryFromOthers() {
    try (BufferList even = new BufferList().claimAppend(FileSegment.of(-1, 512, 9, () -> {}));
        BufferList odd = new BufferList().claimAppend(FileSegment.of(-1, 516, 9, () -> {}))) {
      assertThat(even.layout().isAlignedTo(512)).isTrue();
      assertThat(odd.layout().isAlignedTo(512)).isFalse();
    }
    ByteBuffer received = ByteBuffer.allocateDirect(50).position(10).limit(30);
    try (BufferList list = BufferList.wrap(received)) {
      assertThat(list.layout().isExactly(received)).isTrue();
      assertThat(list.layout().isExactly(received.duplicate().position(0).limit(20))).isFalse();
    }
  }

  @Test
  void shouldGiveBackWhatWasRebuiltWhenTheRestCannotBe() {
    int empty = Linux.instance().memfdCreate("empty", 1);
    try (DirectBuffers buffers = new DirectBuffers(1 << 20);
        BufferList list = BufferList.wrap(new byte[4096])) {
      list.claimAppend(buffers.tryAcquire(4096).claimSegment(0, 4096));
      list.claimAppend(FileSegment.of(empty, 1, 4096, () -> {}));
      assertThatThrownBy(() -> list.rebuildAligned(4096, buffers, Inspection.UNALIGNED_WRITE))
          .isInstanceOf(UncheckedIOException.class);
      assertThat(buffers.leasedBytes()).isEqualTo(4096);
      assertThat(list.layout().count()).isEqualTo(3);
    } finally {
      Linux.instance().close(empty);
    }
  }

  @Test
  void shouldCopyAPageOfAnOddLengthWithWhatFollowsUpToTheNextBoundary() {
    byte[] bytes = Pipes.bytes(7, 4096 * 3 + 10);
    try (DirectBuffers buffers = new DirectBuffers(1 << 20);
        BufferList list = new BufferList()) {
      list.claimAppend(page(buffers, bytes, 0, 1000)).append(bytes, 1000, 3096);
      list.claimAppend(page(buffers, bytes, 4096, 8192));
      list.claimAppend(page(buffers, bytes, 12_288, 10));
      List<Segment> before = List.copyOf(list.segments());
      assertThat(list.rebuildAligned(4096, buffers, Inspection.UNALIGNED_WRITE)).isTrue();
      List<Segment> after = list.segments();
      assertThat(after).extracting(Segment::length).containsExactly(4096L, 8192L, 10L);
      assertThat(after.subList(1, 3)).isEqualTo(before.subList(2, 4));
      assertThat(bytesOf(list)).isEqualTo(bytes);
    }
  }

  @Test
  void shouldCopyAllThatFollowsWhenLengthsNeverMeetABoundaryAgain() {
    byte[] bytes = Pipes.bytes(8, 1000 + 4096 + 4096);
    try (DirectBuffers buffers = new DirectBuffers(1 << 20);
        BufferList list = new BufferList()) {
      list.claimAppend(page(buffers, bytes, 0, 1000));
      list.claimAppend(page(buffers, bytes, 1000, 4096));
      list.claimAppend(page(buffers, bytes, 5096, 4096));
      assertThat(list.rebuildAligned(4096, buffers, Inspection.UNALIGNED_WRITE)).isTrue();
      assertThat(list.layout().count()).isEqualTo(1);
      assertThat(bytesOf(list)).isEqualTo(bytes);
    }
  }

  @Test
  void shouldTellEachAlignmentFromTheNext() {
    ByteBuffer page = DirectBuffers.pages(8192);
    for (int alignment = 2; alignment <= 4096; alignment *= 2) {
      try (BufferList on = BufferList.wrap(page.slice(alignment, 100));
          BufferList off = BufferList.wrap(page.slice(alignment / 2, 100));
          BufferList heap = BufferList.wrap(new byte[alignment])) {
        assertThat(on.layout().isAlignedTo(alignment)).as("%d", alignment).isTrue();
        assertThat(off.layout().isAlignedTo(alignment)).as("%d", alignment).isFalse();
        assertThat(heap.layout().isAlignedTo(alignment)).as("heap").isFalse();
        assertThat(heap.layout().isSizedBy(alignment)).as("%d", alignment).isTrue();
        assertThat(heap.layout().isSizedBy(2 * alignment)).as("%d", alignment).isFalse();
      }
    }
  }

  @Test
  void shouldPutNeighboursTogetherWithoutACopy() {
    byte[] bytes = Pipes.bytes(9, 8192);
    try (DirectBuffers buffers = new DirectBuffers(1 << 20);
        BufferList list = new BufferList()) {
      MemorySegment whole = page(buffers, bytes, 0, 8192);
      for (int from : new int[] {0, 1000, 1000, 6000, 8000}) {
        list.claimAppend(whole.share(from, Math.min(8192, from == 0 ? 1000 : 1000 + from) - from));
      }
      // 0-1000-2000, again 1000-2000, 6000-7000, and 8000-8192
      MemorySegment other = page(buffers, bytes, 0, 8192);
      list.claimAppend(other.share(8192 - 1000, 1000)).claimAppend(whole.share(0, 1));
      list.claimAppend(other.share(1, 9));
      other.release();
      long address = DirectBuffers.addressOf(whole.view());
      whole.release();
      assertThat(list.rebuildAligned(1, buffers, Inspection.UNALIGNED_WRITE)).isFalse();
      assertThat(list.segments())
          .extracting(Segment::length)
          .containsExactly(2000L, 1000L, 1000L, 192L, 1000L, 1L, 9L);
      list.spliceOut(2000, list.length() - 2000).close();
      list.rebuild(Inspection.DEBUG);
      MemorySegment left = (MemorySegment) list.segments().get(0);
      assertThat(DirectBuffers.addressOf(left.view())).isEqualTo(address);
      assertThat(bytesOf(list)).isEqualTo(Arrays.copyOf(bytes, 2000));
      assertThat(buffers.leasedBytes()).isEqualTo(8192);
      list.clear();
      assertThat(buffers.leasedBytes()).as("once for all views").isZero();
    }
  }

  @Test
  void shouldPutRangesOfOneFileTogether() {
    AtomicInteger released = new AtomicInteger();
    FileSegment whole = FileSegment.of(-1, 512, 1024, released::incrementAndGet);
    FileSegment other = FileSegment.of(-1, 1536, 512, () -> {});
    try (BufferList list = new BufferList()) {
      list.claimAppend(whole.share(0, 100)).claimAppend(whole.share(100, 412));
      list.claimAppend(whole.share(700, 324)).claimAppend(other); // of another lease
      whole.release();
      assertThat(list.rebuildAligned(1, null, Inspection.UNALIGNED_WRITE)).isFalse();
      assertThat(list.segments()).extracting(Segment::length).containsExactly(512L, 324L, 512L);
      assertThat(((FileSegment) list.segments().get(0)).offset()).isEqualTo(512);
      assertThat(released).hasValue(0);
    }
    assertThat(released).hasValue(1);
  }
}
