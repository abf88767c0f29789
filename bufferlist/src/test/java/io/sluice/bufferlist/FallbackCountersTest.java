package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes another way because the kernel said no is counted by its name, and no byte is lost. */
class FallbackCountersTest {
  private static final byte[] BYTES = Pipes.bytes(11, 300_000);

  private final FaultySys faults = new FaultySys(Linux.instance());
  private final CopyMeter meter = new CopyMeter();
  private final PipePool pool = new PipePool(faults.sys(), meter, 4);
  private BufferList list;

  @BeforeEach
  void fill() {
    list = new BufferList().claimAppend(Pipes.holding(pool, BYTES));
  }

  @AfterEach
  void close() {
    faults.heal();
    list.close();
    pool.close();
  }

  private byte[] look() {
    return list.look(Inspection.COMPARE).bytes(0, BYTES.length);
  }

  private void assertCounted(String reason) {
    assertThat(meter.fallbacks(reason)).as(reason).isEqualTo(1);
  }

  @Test
  void shouldCountADiscardThatCameShort() {
    faults.failAlways("splice", Sys.EIO).failNth("read", 1, Sys.EIO);
    try (BufferList part = list.slice(1000, 5000)) {
      faults.heal();
      Pipes.assertHolds(part, pool, Arrays.copyOfRange(BYTES, 1000, 6000));
    }
    assertCounted("short_discard");
    Pipes.assertHolds(list, pool, BYTES);
  }

  @Test
  void shouldCountASplitThatCameShort() {
    faults.shortenNth("splice", 1, 4096).failNth("splice", 2, Sys.EIO);
    try (BufferList out = list.spliceOut(0, 200_000)) {
      faults.heal();
      Pipes.assertHolds(out, pool, Arrays.copyOf(BYTES, 200_000));
    }
    assertCounted("short_split");
    Pipes.assertHolds(list, pool, Arrays.copyOfRange(BYTES, 200_000, BYTES.length));
  }

  @Test
  void shouldCountALookThatGotNoFile() {
    faults.failAlways("memfdCreate", Sys.ENOSYS).failAlways("open", Sys.EMFILE);
    assertThat(look()).isEqualTo(BYTES);
    assertCounted("look_errno_" + Sys.EMFILE);
    assertCounted("look_memory");
  }

  @Test
  void shouldCountALookThatCouldNotBeMapped() {
    faults
        .failAlways("memfdCreate", Sys.ENOSYS)
        .failAlways("open", Sys.EMFILE)
        .failNth("read", 1, Sys.EIO);
    assertThat(look()).isEqualTo(BYTES); // out of the pipe itself
    assertCounted("map_failed");
  }

  @Test
  void shouldCountAPipeThatTheKernelDoesNotGive() {
    faults.failNth("pipe2", 1, Sys.EMFILE);
    assertThat(pool.tryAcquire(1)).isNull();
    assertCounted("pipe_errno_" + Sys.EMFILE);
    assertCounted("no_pipe");
    assertThat(pool.inUse()).isEqualTo(1);
  }

  @Test
  void shouldCountAPipeThatWasNotClosedWell() {
    pool.tryAcquire(1)[0].recycle();
    faults.failNth("close", 1, Sys.EIO);
    pool.close();
    assertCounted("pipe_close_failed");
  }
}
