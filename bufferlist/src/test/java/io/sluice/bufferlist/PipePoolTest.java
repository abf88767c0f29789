package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class PipePoolTest {
  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(Linux.instance(), meter, 6);

  @AfterEach
  void close() {
    pool.close();
  }

  @Test
  void shouldGiveFullPipesOnly() {
    Pipe[] pipes = pool.tryAcquire(2);
    assertThat(pipes).hasSize(2).allMatch(p -> p.capacity() == PipePool.PIPE_BYTES);
    assertThat(pool.inUse()).isEqualTo(2);
    assertThat(meter.snapshot())
        .containsEntry("pipes_in_use", 2L)
        .containsEntry("pipes_pooled", 0L);
    pipes[0].recycle();
    pipes[1].discard();
    assertThat(pool.inUse()).isZero();
    assertThat(pool.pooled()).isEqualTo(1);
  }

  @Test
  void shouldGiveAllOrNoneWhenBudgetIsSpent() {
    Pipe[] four = pool.tryAcquire(4);
    assertThat(pool.tryAcquire(3)).isNull();
    assertThat(meter.fallbacks("no_pipe")).isEqualTo(1);
    Pipe[] two = pool.tryAcquire(2);
    assertThat(two).hasSize(2);
    for (Pipe pipe : four) {
      pipe.recycle();
    }
    two[0].recycle();
    two[1].recycle();
    assertThat(pool.pooled()).isEqualTo(6);
  }

  @Test
  void shouldKeepHalfOfTheBudgetFromClients() {
    Pipe[] three = pool.tryAcquireForClient(3);
    assertThat(pool.tryAcquireForClient(1)).isNull();
    Pipe[] others = pool.tryAcquire(3);
    assertThat(others).hasSize(3);
    three[0].discard();
    Pipe[] again = pool.tryAcquireForClient(1);
    assertThat(again).hasSize(1);
    again[0].recycle();
    three[1].recycle();
    three[2].recycle();
    for (Pipe pipe : others) {
      pipe.recycle();
    }
  }

  @Test
  void shouldCloseAndCountAPipeRecycledWithBytes() {
    PipeSegment segment = Pipes.holding(pool, Pipes.bytes(1, 100));
    segment.pipe().recycle();
    assertThat(pool.pooled()).isZero();
    assertThat(meter.fallbacks("dirty_pipe")).isEqualTo(1);
    assertThat(Pipes.drain(Pipes.holding(pool, new byte[0]))).isEmpty();
  }

  @Test
  void shouldThrowWhenUsedAfterTheLease() {
    Pipe pipe = pool.tryAcquire(1)[0];
    pipe.recycle();
    Pipe same = pool.tryAcquire(1)[0];
    assertThatThrownBy(pipe::readEnd).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(pipe::recycle).isInstanceOf(IllegalStateException.class);
    assertThatThrownBy(pipe::discard).isInstanceOf(IllegalStateException.class);
    assertThat(same.readEnd()).isPositive();
    same.recycle();
  }

  @Test
  void shouldKeepItsBudgetWhenManyThreadsUseIt() throws Exception {
    ExecutorService threads = Executors.newFixedThreadPool(4);
    List<Future<?>> done = new ArrayList<>();
    for (int t = 0; t < 4; t++) {
      boolean client = t % 2 == 0;
      done.add(threads.submit(() -> hammer(client)));
    }
    threads.shutdown();
    for (Future<?> each : done) {
      each.get();
    }
    assertThat(pool.inUse()).isZero();
    assertThat(pool.pooled()).isBetween(1, 6);
  }

  private void hammer(boolean client) {
    for (int i = 0; i < 2000; i++) {
      Pipe[] pipes = client ? pool.tryAcquireForClient(1 + i % 3) : pool.tryAcquire(1 + i % 3);
      if (pipes != null) {
        assertThat(pool.inUse()).isLessThanOrEqualTo(6);
        for (Pipe pipe : pipes) {
          PipeSegment segment = Pipes.filled(pipe, new byte[] {(byte) i});
          if (i % 50 == 0) {
            segment.release();
          } else {
            assertThat(Pipes.drain(segment)).containsExactly((byte) i);
          }
        }
      }
    }
  }

  @Test
  void shouldGiveTheClientsHalfBackWhenTheKernelRefuses() {
    FaultySys faults = new FaultySys(Linux.instance()).failNth("pipe2", 2, Sys.EMFILE);
    try (PipePool odd = new PipePool(faults.sys(), new CopyMeter(), 6)) {
      assertThat(odd.tryAcquireForClient(3)).isNull();
      assertThat(odd.inUse()).isZero();
      Pipe[] half = odd.tryAcquireForClient(3);
      assertThat(half).hasSize(3);
      for (Pipe pipe : half) {
        pipe.recycle();
      }
    }
  }

  @Test
  void shouldCloseWhatComesBackAfterClose() {
    Pipe[] pipes = pool.tryAcquire(2);
    pool.close();
    pipes[0].recycle();
    pipes[1].discard();
    assertThat(pool.pooled()).isZero();
    assertThat(pool.inUse()).isZero();
  }
}
