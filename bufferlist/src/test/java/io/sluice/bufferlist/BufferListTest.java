package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class BufferListTest {
  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(Linux.instance(), meter, 8);

  @AfterEach
  void close() {
    pool.close();
  }

  private BufferList mixed() {
    return BufferList.wrap(new byte[] {1, 2, 3})
        .claimAppend(Pipes.holding(pool, Pipes.bytes(7, 300_000)))
        .claimAppend(BufferList.wrap(new byte[] {4, 5}));
  }

  private static byte[] mixedBytes() {
    byte[] all = new byte[300_005];
    all[0] = 1;
    all[1] = 2;
    all[2] = 3;
    System.arraycopy(Pipes.bytes(7, 300_000), 0, all, 3, 300_000);
    all[300_003] = 4;
    all[300_004] = 5;
    return all;
  }

  @Test
  void shouldTwinPipesAndLeaveTheOriginalWhole() {
    try (BufferList list = mixed();
        BufferList twin = list.twin(pool)) {
      assertThat(twin.length()).isEqualTo(list.length());
      assertThat(meter.teed.sum()).isEqualTo(300_000);
      assertThat(meter.copiedBytes()).isZero();
      assertThat(twin.claimBytes(pool, Inspection.DEBUG)).isEqualTo(mixedBytes());
      assertThat(list.claimBytes(pool, Inspection.DEBUG)).isEqualTo(mixedBytes());
    }
    assertThat(pool.inUse()).isZero();
    assertThat(pool.pooled()).isEqualTo(2);
  }

  @Test
  void shouldReturnNullAndStayWholeWhenThereIsNoPipeForATwin() {
    try (BufferList list = mixed()) {
      Pipe[] all = pool.tryAcquire(7);
      assertThat(list.twin(pool)).isNull();
      assertThat(list.toByteArray(pool, Inspection.DEBUG)).isEqualTo(mixedBytes());
      assertThat(list.hasPipes()).isFalse();
      for (Pipe pipe : all) {
        pipe.recycle();
      }
    }
  }

  @Test
  void shouldInspectWithoutConsumingAndCountWhy() {
    try (BufferList list = mixed()) {
      assertThat(list.toByteArray(pool, Inspection.DEBUG)).isEqualTo(mixedBytes());
      assertThat(list.hasPipes()).isTrue();
      assertThat(meter.mappedBytes(Inspection.DEBUG)).isEqualTo(300_000);
      int expected = Crc32c.update(5, mixedBytes());
      assertThatThrownBy(() -> list.crc32c(5)).isInstanceOf(IllegalStateException.class);
      assertThat(list.crc32c(5, Inspection.COMPARE)).isEqualTo(expected);
      assertThat(list.crc32c(5, Inspection.COMPARE)).isEqualTo(expected);
      assertThat(meter.mappedBytes(Inspection.COMPARE)).isEqualTo(300_000);
      assertThat(list.claimBytes(pool, Inspection.DECODE)).isEqualTo(mixedBytes());
      assertThat(list.isEmpty()).isTrue();
    }
  }

  @Test
  void shouldMapAPipeOnceAndStillSpliceIt() {
    byte[] bytes = Pipes.bytes(9, 100_000);
    PipeSegment pipe = Pipes.holding(pool, bytes);
    assertThat(pipe.isMapped()).isFalse();
    ByteBuffer first = pipe.map(Inspection.COMPARE);
    assertThat(first).isEqualTo(ByteBuffer.wrap(bytes));
    assertThat(pipe.map(Inspection.DEBUG)).isEqualTo(first);
    assertThat(meter.mapped.sum()).isEqualTo(100_000);
    assertThat(meter.mappedBytes(Inspection.DEBUG)).isZero();
    assertThat(meter.copiedBytes(CopyMeter.Copy.MEMFD_WINDOW)).isEqualTo(100_000);
    assertThat(pool.inUse()).isEqualTo(1);
    assertThat(Pipes.drain(pipe)).isEqualTo(bytes);
  }

  @Test
  void shouldReserveTwinsBeforehandAndRecycleWhatIsNotNeeded() {
    try (BufferList list = mixed()) {
      Pipe[] reserved = pool.tryAcquireForClient(3);
      try (BufferList twin = list.claimTwin(reserved)) {
        assertThat(pool.inUse()).isEqualTo(2);
        Pipes.assertHolds(twin, pool, mixedBytes());
      }
      Pipes.assertHolds(list, pool, mixedBytes());
      assertThatThrownBy(() -> list.claimTwin(new Pipe[0]))
          .isInstanceOf(IllegalArgumentException.class);
    }
  }

  @Test
  void shouldSliceAPipeByTeeAndDiscardWithoutTouchingAByte() {
    try (BufferList list = mixed()) {
      Tripwire wire = Tripwire.arm();
      try (BufferList part = list.slice(1, 300_003);
          BufferList inner = list.slice(100_003, 50_000);
          BufferList all = list.share()) {
        wire.close();
        assertThat(part.pipeCount()).isEqualTo(1);
        assertThat(meter.copiedBytes()).isZero();
        Pipes.assertHolds(part, pool, Arrays.copyOfRange(mixedBytes(), 1, 300_004));
        Pipes.assertHolds(inner, pool, Arrays.copyOfRange(mixedBytes(), 100_003, 150_003));
        Pipes.assertHolds(all, pool, mixedBytes());
      }
      Pipes.assertHolds(list, pool, mixedBytes());
      assertThatThrownBy(() -> list.slice(300_004, 2))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> list.slice(1, Long.MAX_VALUE))
          .isInstanceOf(IndexOutOfBoundsException.class);
      assertThatThrownBy(() -> list.slice(-1, 1)).isInstanceOf(IndexOutOfBoundsException.class);
    }
  }

  @Test
  void shouldLetGoOfWhatIsSharedAlreadyWhenAPipeCannotBeRead() {
    FaultySys faults = new FaultySys(Linux.instance());
    AtomicInteger released = new AtomicInteger();
    try (PipePool one = new PipePool(faults.sys(), meter, 1)) {
      BufferList list =
          new BufferList()
              .claimAppend(
                  MemorySegment.wrap(ByteBuffer.wrap(new byte[9]), released::incrementAndGet))
              .claimAppend(Pipes.holding(one, Pipes.bytes(7, 300_000)));
      faults.failAlways("read", Sys.EIO);
      assertThatThrownBy(() -> list.slice(0, list.length()))
          .isInstanceOf(UncheckedIOException.class);
      list.close();
      assertThat(one.inUse()).isZero();
    }
    assertThat(released).as("nobody has the memory any more").hasValue(1);
  }

  @Test
  void shouldSliceThroughTheMappingOrMemoryWhenNoPipeIsLeft() {
    try (BufferList list = mixed()) {
      assertThat(list.look(Inspection.DEBUG).length()).isEqualTo(300_005);
      list.look(Inspection.DEBUG).byteAt(5); // mapped now
      Pipe[] all = pool.tryAcquire(7);
      try (BufferList part = list.slice(2, 100)) {
        assertThat(part.hasPipes()).isFalse();
        assertThat(list.hasPipes()).isTrue();
        list.clear(); // the part keeps the mapping
        Pipes.assertHolds(part, pool, Arrays.copyOfRange(mixedBytes(), 2, 102));
      }
      for (Pipe pipe : all) {
        pipe.recycle();
      }
    }
    try (BufferList list = mixed()) {
      Pipe[] all = pool.tryAcquire(7);
      try (BufferList part = list.slice(2, 100)) {
        assertThat(list.hasPipes()).isFalse();
        Pipes.assertHolds(part, pool, Arrays.copyOfRange(mixedBytes(), 2, 102));
        assertThat(meter.mappedBytes(Inspection.NO_PIPE)).isEqualTo(300_000);
      }
      for (Pipe pipe : all) {
        pipe.recycle();
      }
    }
  }

  @Test
  void shouldThrowWhenUsedAfterCloseAndKeepWhatOthersShare() {
    AtomicInteger releases = new AtomicInteger();
    BufferList list = new BufferList();
    list.claimAppend(
        MemorySegment.wrap(ByteBuffer.wrap(new byte[] {1, 2, 3}), releases::incrementAndGet));
    BufferList other = list.slice(1, 2);
    MemorySegment segment = (MemorySegment) list.segments().get(0);
    list.close();
    list.close();
    assertThat(releases).hasValue(0);
    assertThatThrownBy(list::length).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(segment::buffer).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> other.claimAppend(list)).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(() -> other.claimAppend(other)).isInstanceOf(IllegalArgumentException.class);
    assertThat(other.toByteArray(null, Inspection.DEBUG)).containsExactly(2, 3);
    other.close();
    assertThat(releases).hasValue(1);
  }

  @Test
  void shouldReleaseAllSegmentsAlsoWhenOneFails() {
    AtomicInteger releases = new AtomicInteger();
    BufferList list = new BufferList();
    Runnable failing =
        () -> {
          throw new IllegalStateException("the first");
        };
    list.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(new byte[1]), failing));
    list.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(new byte[1]), releases::incrementAndGet));
    assertThatThrownBy(list::close).hasMessage("the first");
    assertThat(releases).hasValue(1);
  }

  @Test
  void shouldSayWhatAFileThatIsTooShortLacks() {
    int memfd = Linux.instance().memfdCreate("short", 1);
    try (BufferList list = new BufferList().claimAppend(FileSegment.of(memfd, 0, 10, () -> {}))) {
      assertThatThrownBy(() -> list.toByteArray(pool, Inspection.DEBUG))
          .isInstanceOf(UncheckedIOException.class);
    } finally {
      Linux.instance().close(memfd);
    }
  }
}
