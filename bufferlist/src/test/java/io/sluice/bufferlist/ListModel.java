package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.ByteBuffer;
import java.util.Arrays;

/** A {@link BufferList} beside the bytes it ought to hold. */
final class ListModel {
  private final CopyMeter meter = new CopyMeter();
  private final FaultySys faults = new FaultySys(Linux.instance());
  private final PipePool pool;
  private final MemfdPool memfds = new MemfdPool(Linux.instance(), meter, 65_536, 8);
  private final BufferList list = new BufferList();
  private final double chance;
  private byte[] expected = {};
  private int step;

  ListModel(int pipes, double chance) {
    this.chance = chance;
    this.pool = new PipePool(faults.sys(), meter, pipes);
  }

  PipePool pool() {
    return pool;
  }

  private byte[] fresh(int size) {
    return Pipes.bytes(++step, size);
  }

  private void expectMore(byte[] bytes) {
    int at = expected.length;
    expected = Arrays.copyOf(expected, at + bytes.length);
    System.arraycopy(bytes, 0, expected, at, bytes.length);
  }

  void appendPipe(int size) {
    if (pool.inUse() < pool.maxPipes() - 1) {
      byte[] bytes = fresh(size);
      list.claimAppend(Pipes.holding(pool, bytes));
      expectMore(bytes);
    }
  }

  void appendMemory(int size) {
    byte[] bytes = fresh(size);
    list.claimAppend(BufferList.wrap(bytes));
    expectMore(bytes);
  }

  void appendFile(int size) {
    MemfdBuffer buffer = memfds.tryAcquire();
    if (buffer != null) {
      byte[] bytes = fresh(size);
      buffer.buffer().position(7).put(bytes);
      list.claimAppend(buffer.segment(7, size));
      buffer.release();
      expectMore(bytes);
    }
  }

  void claimOther(int size) {
    byte[] bytes = fresh(size);
    try (BufferList other = BufferList.wrap(bytes)) {
      list.claimAppend(other);
      assertThat(other.isEmpty()).isTrue();
    }
    expectMore(bytes);
  }

  /** What may fail, fails by chance here. */
  private void trouble(Runnable operation) {
    if (chance > 0) {
      faults.failNthOfAll(1 + step % 7, Sys.EMFILE);
    }
    try {
      operation.run();
    } finally {
      faults.heal();
      step++;
    }
  }

  void twin() {
    trouble(
        () -> {
          int pipes = list.pipeCount();
          try (BufferList twin = list.twin(pool)) {
            if (twin == null) {
              assertThat(list.pipeCount()).isEqualTo(pipes).isPositive();
            } else {
              faults.heal();
              assertThat(twin.claimBytes(pool, Inspection.DEBUG)).isEqualTo(expected);
            }
          }
        });
  }

  void look() {
    trouble(() -> assertThat(lookFailing()).isEqualTo(expected));
  }

  private byte[] lookFailing() {
    try {
      return list.toByteArray(pool, Inspection.DEBUG);
    } catch (java.io.UncheckedIOException e) {
      faults.heal(); // a read that failed: nothing may be lost by it
      return list.toByteArray(pool, Inspection.DEBUG);
    }
  }

  void checksum(int seed) {
    if (list.hasPipes()) {
      assertThatThrownBy(() -> list.crc32c(seed)).isInstanceOf(IllegalStateException.class);
    }
    assertThat(list.crc32c(seed, Inspection.CRC)).isEqualTo(Crc32c.update(seed, expected));
  }

  void slice(int size) {
    int from = expected.length == 0 ? 0 : size % expected.length;
    int count = Math.min(size, expected.length - from);
    try (BufferList slice = list.slice(from, count)) {
      assertThat(slice.toByteArray(pool, Inspection.DEBUG))
          .isEqualTo(Arrays.copyOfRange(expected, from, from + count));
    }
  }

  void poll() {
    Segment first = list.pollSegment();
    if (first == null) {
      assertThat(expected).isEmpty();
      return;
    }
    int count = (int) first.length();
    first.release();
    expected = Arrays.copyOfRange(expected, count, expected.length);
  }

  void consume(int size) {
    if (!list.isEmpty() && list.segments().get(0) instanceof PipeSegment pipe) {
      int count = (int) Math.min(size, pipe.length());
      ByteBuffer sink = ByteBuffer.allocateDirect(Math.max(1, count));
      long done =
          count == 0
              ? 0
              : Linux.instance().read(pipe.pipe().readEnd(), DirectBuffers.addressOf(sink), count);
      pipe.consumed(done);
      expected = Arrays.copyOfRange(expected, (int) done, expected.length);
    }
  }

  void drainPipes() {
    list.drainPipes(Inspection.NO_PIPE);
    assertThat(list.hasPipes()).isFalse();
  }

  void check() {
    assertThat(list.length()).isEqualTo(expected.length);
  }

  /** Everything is there, and everything goes back. */
  void end() {
    assertThat(list.claimBytes(pool, Inspection.DEBUG)).isEqualTo(expected);
    list.close();
    assertThat(pool.inUse()).isZero();
    assertThat(memfds.inUse()).isZero();
    pool.close();
    memfds.close();
  }
}
