package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * One script over everything that makes system calls, with the first call failing, then the second,
 * and so on: each time the bytes are right or an error is reported, and nothing leaks.
 */
@ExtendWith(NoLeaks.class)
class FaultScriptTest {
  private static final byte[] BYTES = Pipes.bytes(11, 600_000);

  /** Twin, look, check, map, drain. */
  private static void script(FaultySys faults, CopyMeter meter) throws IOException {
    Sys sys = faults.sys();
    try (PipePool pool = new PipePool(sys, meter, 6);
        BufferList list = new BufferList();
        MemfdPool memfds = new MemfdPool(sys, meter, 8192, 2)) {
      fill(pool, list);
      if (list.isEmpty()) {
        return;
      }
      try (BufferList twin = list.twin(pool)) {
        if (twin != null) {
          assertThat(twin.toByteArray(pool, Inspection.DEBUG)).isEqualTo(BYTES);
        }
      }
      try (MemfdWindow window = MemfdWindow.open(pool, 100_000)) {
        ChecksumScanner scanner = new ChecksumScanner(BYTES.length);
        window.scan(list, scanner, pool.meter());
        assertThat(scanner.finish()).isEqualTo(ChecksumVector.of(BYTES, 0, BYTES.length));
      }
      assertThat(list.crc32c(3, Inspection.COMPARE)).isEqualTo(Crc32c.update(3, BYTES));
      lease(memfds);
      lease(memfds);
      assertThat(list.claimBytes(pool, Inspection.DECODE)).isEqualTo(BYTES);
    }
  }

  private static void fill(PipePool pool, BufferList list) {
    Pipe[] pipes = pool.tryAcquire(2);
    if (pipes != null) {
      list.claimAppend(Pipes.filled(pipes[0], Arrays.copyOf(BYTES, 400_000)));
      list.claimAppend(Pipes.filled(pipes[1], Arrays.copyOfRange(BYTES, 400_000, BYTES.length)));
    }
  }

  private static void lease(MemfdPool memfds) {
    MemfdBuffer buffer = memfds.tryAcquire();
    if (buffer != null) {
      buffer.segment(0, 4096).release();
      buffer.release();
    }
  }

  /** True when the script ended without reporting anything. */
  private static boolean run(FaultySys faults, CopyMeter meter, String what) {
    try {
      script(faults, meter);
      return true;
    } catch (IOException | UncheckedIOException | IllegalStateException reported) {
      return false; // the world's failure, said aloud
    } catch (AssertionError wrong) {
      throw new AssertionError(what, wrong);
    }
  }

  @Test
  void shouldLoseNothingWhicheverCallFails() {
    FaultySys none = new FaultySys(Linux.instance());
    assertThat(run(none, new CopyMeter(), "no fault")).isTrue();
    long calls = none.calls();
    assertThat(calls).isGreaterThan(40);
    for (int errno : new int[] {Sys.EIO, Sys.EMFILE, Sys.EAGAIN, Sys.EINTR, Sys.ENOSPC}) {
      for (long n = 1; n <= calls; n++) {
        LeakCheck leaks = new LeakCheck();
        String what = "call " + n + " failing with errno " + errno;
        run(new FaultySys(Linux.instance()).failNthOfAll(n, errno), new CopyMeter(), what);
        leaks.assertNothingLeaked(what);
      }
    }
  }

  @Test
  void shouldLoseNothingWhenCallsComeShort() {
    for (String call : new String[] {"splice", "read", "tee"}) {
      for (int n = 1; n <= 8; n++) {
        for (long atMost : new long[] {0, 1, 4095, 4096, 100_001}) {
          LeakCheck leaks = new LeakCheck();
          String what = call + " " + n + " moving at most " + atMost;
          run(new FaultySys(Linux.instance()).shortenNth(call, n, atMost), new CopyMeter(), what);
          leaks.assertNothingLeaked(what);
        }
      }
    }
  }

  @Test
  void shouldLoseNothingWhenCallsFailByChance() {
    long first = Seeds.of("FaultScriptTest");
    for (long seed = first; seed < first + 150; seed++) {
      LeakCheck leaks = new LeakCheck();
      String what =
          "new FaultySys(Linux.instance()).random("
              + seed
              + "L, 0.03, EIO, EMFILE, EAGAIN, EINTR, 0)";
      FaultySys faults = new FaultySys(Linux.instance());
      faults.random(seed, 0.03, Sys.EIO, Sys.EMFILE, Sys.EAGAIN, Sys.EINTR, 0);
      run(faults, new CopyMeter(), what);
      leaks.assertNothingLeaked(what);
    }
  }

  @Test
  void shouldCountAShortTeeAndGiveNoTwin() {
    CopyMeter meter = new CopyMeter();
    FaultySys faults = new FaultySys(Linux.instance()).shortenNth("tee", 1, 4096);
    try (PipePool pool = new PipePool(faults.sys(), meter, 2);
        BufferList list =
            new BufferList().claimAppend(Pipes.holding(pool, Arrays.copyOf(BYTES, 9000)))) {
      assertThat(list.twin(pool)).isNull();
      assertThat(meter.fallbacks("short_tee")).isEqualTo(1);
      assertThat(list.claimBytes(pool, Inspection.DEBUG)).isEqualTo(Arrays.copyOf(BYTES, 9000));
    }
  }

  @Test
  void shouldKeepWhatWasReadWhenADrainFailsHalfWay() {
    FaultySys faults = new FaultySys(Linux.instance()).failNth("read", 2, Sys.EIO);
    try (PipePool pool = new PipePool(faults.sys(), new CopyMeter(), 1)) {
      BufferList list = new BufferList();
      fillOne(pool, list);
      try {
        list.drainPipes(Inspection.NO_PIPE);
        throw new AssertionError("the second read should have failed");
      } catch (UncheckedIOException expected) {
        assertThat(expected).hasMessageContaining("Input/output error");
      }
      assertThat(list.claimBytes(pool, Inspection.DEBUG)).isEqualTo(BYTES);
      assertThat(pool.pooled()).as("a pipe that a read failed on").isZero();
      list.close();
    }
  }

  private static void fillOne(PipePool pool, BufferList list) {
    list.claimAppend(Pipes.holding(pool, BYTES));
  }

  @Test
  void shouldNotPoolAPipeSmallerThanAsked() {
    CopyMeter meter = new CopyMeter();
    FaultySys faults = new FaultySys(Linux.instance()).failNth("fcntl", 1, 1 /* EPERM */);
    try (PipePool pool = new PipePool(faults.sys(), meter, 2)) {
      assertThat(pool.tryAcquire(1)).isNull();
      assertThat(meter.fallbacks("small_pipe")).isEqualTo(1);
      assertThat(meter.fallbacks("no_pipe")).isEqualTo(1);
      assertThat(pool.pooled()).isZero();
      assertThat(pool.inUse()).isZero();
      pool.tryAcquire(1)[0].recycle();
      assertThat(pool.pooled()).isEqualTo(1);
    }
  }

  @Test
  void shouldNotPoolASpareThatATeeFailedOn() {
    FaultySys faults = new FaultySys(Linux.instance()).failNth("tee", 1, Sys.EIO);
    try (PipePool pool = new PipePool(faults.sys(), new CopyMeter(), 2);
        BufferList list = new BufferList()) {
      fillOne(pool, list);
      assertThat(list.twin(pool)).isNull();
      assertThat(pool.pooled()).isZero();
    }
  }

  @Test
  void shouldThrowAwayTheHeadOfASliceInSeveralPieces() {
    FaultySys faults = new FaultySys(Linux.instance()).shortenNth("splice", 1, 100);
    try (PipePool pool = new PipePool(faults.sys(), new CopyMeter(), 2);
        BufferList list = new BufferList()) {
      fillOne(pool, list);
      try (BufferList slice = list.slice(300_000, 1000)) {
        assertThat(faults.calls("splice")).isEqualTo(2);
        assertThat(slice.claimBytes(pool, Inspection.DEBUG))
            .isEqualTo(Arrays.copyOfRange(BYTES, 300_000, 301_000));
      }
    }
  }

  @Test
  void shouldNotPoolAPipeThatACallFailedOnThoughItIsEmpty() throws IOException {
    FaultySys faults = new FaultySys(Linux.instance());
    int[] ends = Sockets.unix();
    try (PipePool pool = new PipePool(faults.sys(), new CopyMeter(), 2);
        BufferList list = new BufferList()) {
      try (SpliceReader reader =
          new SpliceReader(pool, pool.meter(), Endpoint.socket(ends[1]), 5000, 0)) {
        faults.failNth("splice", 1, Sys.EIO);
        assertThatThrownBy(reader::advance).isInstanceOf(MoveException.class);
      }
      assertThat(pool.pooled()).as("a pipe that splice could not fill").isZero();
      fillOne(pool, list);
      faults.failNth("splice", 1, Sys.EIO); // the cut falls back to memory
      list.spliceOut(0, 1000).close();
      assertThat(pool.pooled()).as("the spare of the cut").isEqualTo(1);
    } finally {
      Sockets.close(ends);
    }
  }
}
