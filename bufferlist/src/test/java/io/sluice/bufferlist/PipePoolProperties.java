package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;

@AddLifecycleHook(NoLeaksHook.class)
class PipePoolProperties {
  private record Lease(Pipe pipe, boolean client) {}

  private static final int STEPS = 120;

  /** Over any history the bounds hold, and every pipe handed out is full-sized and empty. */
  @Property(tries = 60)
  void keepsItsBudgetAndNeverHandsOutAByte(
      @ForAll long seed, @ForAll @IntRange(max = 9) int max, @ForAll boolean faulty) {
    Random random = new Random(seed);
    CopyMeter meter = new CopyMeter();
    FaultySys faults = new FaultySys(Linux.instance());
    if (faulty) {
      faults.random(
          seed, 0.1, Sys.EMFILE, 1 /* EPERM: what F_SETPIPE_SZ says when the budget is spent */);
    }
    PipePool pool = new PipePool(faults.sys(), meter, max);
    List<Lease> leased = new ArrayList<>();
    for (int step = 0; step < STEPS; step++) {
      if (random.nextBoolean()) {
        acquire(pool, leased, random);
      } else if (!leased.isEmpty()) {
        end(leased.remove(random.nextInt(leased.size())).pipe(), random);
      }
      assertThat(pool.inUse()).isEqualTo(leased.size());
      assertThat(pool.inUse() + pool.pooled()).isLessThanOrEqualTo(max);
      assertThat(leased.stream().filter(Lease::client).count()).isLessThanOrEqualTo(max / 2);
    }
    boolean closeFirst = random.nextBoolean();
    if (closeFirst) {
      pool.close();
    }
    leased.forEach(lease -> end(lease.pipe(), random));
    pool.close();
    assertThat(pool.inUse()).isZero();
    assertThat(pool.pooled()).isZero();
  }

  private static void acquire(PipePool pool, List<Lease> leased, Random random) {
    boolean client = random.nextBoolean();
    int count = random.nextInt(4);
    Pipe[] pipes = client ? pool.tryAcquireForClient(count) : pool.tryAcquire(count);
    if (pipes == null) {
      return;
    }
    assertThat(pipes).hasSize(count);
    for (Pipe pipe : pipes) {
      assertThat(Linux.instance().readable(pipe.readEnd())).isZero();
      assertThat(pipe.capacity()).isEqualTo(PipePool.PIPE_BYTES);
      leased.add(new Lease(pipe, client));
    }
  }

  /** Four ways for a lease to end, two of them with another client's bytes inside. */
  private static void end(Pipe pipe, Random random) {
    PipeSegment segment =
        random.nextBoolean() ? Pipes.filled(pipe, Pipes.bytes(1, 5000)) : new PipeSegment(pipe, 0);
    switch (random.nextInt(3)) {
      case 0 -> segment.release();
      case 1 -> pipe.recycle();
      default -> pipe.discard();
    }
  }
}
