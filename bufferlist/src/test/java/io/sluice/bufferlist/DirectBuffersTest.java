package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class DirectBuffersTest {
  @Test
  void shouldGivePageAlignedBuffersOfTheNextPowerOfTwo() {
    assertThat(DirectBuffers.roundUp(0)).isEqualTo(4096);
    assertThat(DirectBuffers.roundUp(4096)).isEqualTo(4096);
    assertThat(DirectBuffers.roundUp(4097)).isEqualTo(8192);
    assertThat(DirectBuffers.roundUp(4 << 20)).isEqualTo(4 << 20);
    assertThatThrownBy(() -> DirectBuffers.roundUp((4 << 20) + 1))
        .isInstanceOf(IllegalArgumentException.class);
    try (DirectBuffers pool = new DirectBuffers(8 << 20)) {
      for (int size = 1; size <= 4 << 20; size = size * 3 + 1) {
        DirectBuffer buffer = pool.tryAcquire(size);
        assertThat(buffer.address() % 4096).isZero();
        assertThat(buffer.buffer().remaining()).isEqualTo(buffer.length()).isEqualTo(size);
        assertThat(DirectBuffers.addressOf(buffer.buffer())).isEqualTo(buffer.address());
        assertThat(buffer.capacity()).isEqualTo(DirectBuffers.roundUp(size));
        buffer.release();
      }
    }
  }

  @Test
  void shouldKeepTheBoundOverAnyHistory() {
    long seed = Seeds.of("DirectBuffersTest");
    Random random = new Random(seed);
    long max = 1 << 20;
    try (DirectBuffers pool = new DirectBuffers(max)) {
      Deque<DirectBuffer> leased = new ArrayDeque<>();
      for (int i = 0; i < 2000; i++) {
        if (random.nextInt(5) < 3) {
          DirectBuffer buffer = pool.tryAcquire(1 + random.nextInt(1 << random.nextInt(20)));
          if (buffer != null) {
            leased.add(buffer);
          }
        } else if (!leased.isEmpty()) {
          leased.poll().release();
        }
        assertThat(pool.leasedBytes() + pool.idleBytes())
            .as("seed %d", seed)
            .isLessThanOrEqualTo(max);
        assertThat(pool.leasedBytes())
            .isEqualTo(leased.stream().mapToLong(DirectBuffer::capacity).sum());
      }
      leased.forEach(DirectBuffer::release);
      assertThat(pool.leasedBytes()).isZero();
    }
  }

  @Test
  void shouldReturnWhenTheLastViewOfAClaimedSegmentGoes() {
    try (DirectBuffers pool = new DirectBuffers(8192)) {
      DirectBuffer buffer = pool.tryAcquire(100);
      buffer.buffer().put(10, (byte) 42);
      MemorySegment segment = buffer.claimSegment(10, 20);
      assertThatThrownBy(buffer::release).isInstanceOf(IllegalStateException.class);
      MemorySegment view = segment.share(0, 1);
      segment.release();
      assertThat(pool.leasedBytes()).isEqualTo(4096);
      assertThat(view.buffer().get()).isEqualTo((byte) 42);
      view.release();
      assertThat(pool.leasedBytes()).isZero();
      assertThat(pool.idleBytes()).isEqualTo(4096);
      DirectBuffer again = pool.tryAcquire(1);
      assertThat(pool.idleBytes()).isZero();
      again.release();
    }
  }

  @Test
  void shouldRefuseHeapBuffersAnAddress() {
    assertThatThrownBy(() -> DirectBuffers.addressOf(ByteBuffer.allocate(1)))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldDropLeasesThatComeBackAfterClose() {
    DirectBuffers pool = new DirectBuffers(8192);
    DirectBuffer buffer = pool.tryAcquire(1);
    pool.close();
    buffer.release();
    assertThat(pool.leasedBytes() + pool.idleBytes()).isZero();
  }
}
