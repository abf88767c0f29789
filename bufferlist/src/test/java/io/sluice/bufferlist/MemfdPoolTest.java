package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class MemfdPoolTest {
  private static final int SIZE = 16_384;

  private final CopyMeter meter = new CopyMeter();
  private final MemfdPool pool = new MemfdPool(Linux.instance(), meter, SIZE, 2);
  private final PipePool pipes = new PipePool(Linux.instance(), meter, 2);

  @AfterEach
  void close() {
    pool.close();
    pipes.close();
  }

  /**
   * Splices the segment into a pipe, as a sender does: from here on the kernel holds references to
   * its pages.
   */
  private PipeSegment inFlight(FileSegment segment) {
    Pipe pipe = pipes.tryAcquire(1)[0];
    long moved =
        Linux.instance()
            .splice(
                segment.fd(),
                segment.offset(),
                pipe.writeEnd(),
                -1,
                segment.length(),
                Sys.SPLICE_F_NONBLOCK);
    assertThat(moved).isEqualTo(segment.length());
    return new PipeSegment(pipe, moved);
  }

  private static void fill(MemfdBuffer buffer, byte value) {
    ByteBuffer bytes = buffer.buffer();
    while (bytes.hasRemaining()) {
      bytes.put(value);
    }
  }

  @Test
  void shouldHandOutWhatWasFilledWithoutACopy() {
    MemfdBuffer buffer = pool.tryAcquire();
    byte[] bytes = Pipes.bytes(5, SIZE);
    buffer.buffer().put(bytes);
    assertThat(buffer.address() % 4096).isZero();
    try (BufferList list = new BufferList().claimAppend(buffer.segment(0, SIZE))) {
      buffer.release();
      assertThat(pool.inUse()).isEqualTo(1);
      assertThat(list.toByteArray(null, Inspection.DEBUG)).isEqualTo(bytes);
      assertThat(list.crc32c(9)).isEqualTo(Crc32c.update(9, bytes));
      try (BufferList part = list.slice(100, 50)) {
        assertThat(part.toByteArray(null, Inspection.DEBUG))
            .hasSize(50)
            .startsWith(bytes[100], bytes[101]);
      }
    }
    assertThat(pool.inUse()).isZero();
    assertThat(pool.pooled()).isEqualTo(1);
    assertThat(meter.copiedBytes()).isZero();
  }

  @Test
  void shouldNeverChangeBytesInFlightUnlessSettled() {
    MemfdBuffer first = pool.tryAcquire();
    fill(first, (byte) 1);
    FileSegment segment = first.segment(0, 4096);
    PipeSegment late = inFlight(segment);
    segment.release();
    first.release();
    MemfdBuffer second = pool.tryAcquire();
    fill(second, (byte) 2);
    assertThat(Pipes.drain(late)).containsOnly(1);
    assertThat(second.buffer().get(0)).isEqualTo((byte) 2);
    second.release();
    assertThat(pool.pooled()).isEqualTo(1);
  }

  @Test
  void shouldReuseInPlaceWhenSettled() {
    MemfdBuffer first = pool.tryAcquire();
    fill(first, (byte) 1);
    FileSegment segment = first.segment(0, 4096);
    PipeSegment late = inFlight(segment);
    segment.release();
    first.settled();
    first.release();
    MemfdBuffer second = pool.tryAcquire();
    fill(second, (byte) 2);
    // Shows why settled() is a promise: the same pages, no fresh ones.
    assertThat(Pipes.drain(late)).containsOnly(2);
    second.release();
  }

  @Test
  void shouldGiveNullWhenTheBoundIsReached() {
    MemfdBuffer one = pool.tryAcquire();
    MemfdBuffer two = pool.tryAcquire();
    assertThat(pool.tryAcquire()).isNull();
    assertThat(meter.fallbacks("no_memfd")).isEqualTo(1);
    one.release();
    two.release();
    pool.tryAcquire().release();
  }

  @Test
  void shouldThrowWhenUsedAfterRelease() {
    MemfdBuffer buffer = pool.tryAcquire();
    FileSegment segment = buffer.segment(0, 10);
    buffer.release();
    assertThatThrownBy(buffer::buffer).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
    segment.release();
    assertThatThrownBy(segment::fd).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(segment::release).isInstanceOf(IllegalStateException.class);
  }

  @Test
  void shouldCloseLeasesThatComeBackAfterClose() {
    MemfdBuffer buffer = pool.tryAcquire();
    pool.close();
    buffer.buffer().put((byte) 1);
    buffer.release();
    assertThat(pool.pooled()).isZero();
  }

  @Test
  void shouldNotLeaseAgainWhatCouldNotBeGivenFreshPages() {
    FaultySys faults = new FaultySys(Linux.instance());
    try (MemfdPool odd = new MemfdPool(faults.sys(), meter, SIZE, 1)) {
      MemfdBuffer buffer = odd.tryAcquire();
      buffer.segment(0, 4096).release();
      faults.failNth("fallocate", 1, Sys.ENOSPC);
      buffer.release();
      assertThat(odd.pooled()).isZero();
      assertThat(odd.inUse()).isZero();
      assertThat(meter.fallbacks("memfd_errno_" + Sys.ENOSPC)).isEqualTo(1);
    }
  }
}
