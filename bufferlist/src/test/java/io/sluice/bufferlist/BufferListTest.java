package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

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
}
