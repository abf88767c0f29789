package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;

/**
 * file -> list -> socket -> list -> file, with the first system call failing, then the second, and
 * so on: a typed error or the right bytes, nothing lost on the way, nothing leaked.
 */
@ExtendWith(NoLeaks.class)
class MoveScriptTest {
  private static final int BYTES = 300_000;
  private static final byte[] CONTENT = Pipes.bytes(21, BYTES);
  private static final int NEW = Sys.O_RDWR | Sys.O_CREAT;

  @TempDir Path directory;

  /** The targets that take pages without a copy, and with one. */
  private enum Target {
    PAGE_CACHE,
    DIRECT
  }

  @BeforeEach
  void source() throws IOException {
    Files.write(directory.resolve("from"), CONTENT);
  }

  /** What the script can say of itself after a fault. */
  private final class Run {
    private final FaultySys faults;
    private final Target target;
    private final PipePool pool;
    private long arrived;
    private long waits;

    Run(FaultySys faults, Target target) {
      this.faults = faults;
      this.target = target;
      this.pool = new PipePool(faults.sys(), new CopyMeter(), 8);
    }

    /** Moves everything; throws what the world says, with nothing lost up to there. */
    void script() throws IOException {
      Linux linux = Linux.instance();
      int[] ends = Sockets.tcp();
      int from = linux.open(directory.resolve("from").toString(), Sys.O_RDONLY, 0);
      int flags = target == Target.DIRECT ? NEW | Sys.O_DIRECT : NEW;
      int to = linux.open(directory.resolve("to").toString(), flags, 0600);
      try (pool) {
        move(from, ends, to);
      } finally {
        Sockets.close(ends[0], ends[1], from, to);
      }
    }

    private void move(int from, int[] ends, int to) throws IOException {
      try (SpliceReader reader =
              new SpliceReader(pool, pool.meter(), Endpoint.file(from, 0), BYTES, 0);
          SpliceReader receiver =
              new SpliceReader(pool, pool.meter(), Endpoint.socket(ends[1]), BYTES, 0)) {
        assertThat(reader.finish()).isEqualTo(Progress.DONE);
        try (BufferList read = reader.claim();
            SpliceWriter sender = new SpliceWriter(pool, read, Endpoint.socket(ends[0]))) {
          while (receiver.remaining() > 0) {
            sender.advance();
            Progress now = receiver.advance();
            assertThat(now).isNotEqualTo(Progress.ENDED);
            if (now == Progress.WAIT) {
              Linux.instance().poll(ends[1], Sys.POLLIN, 1); // on a busy machine: on its way
            }
            // An injected EAGAIN may come any time, but not for ever.
            assertThat(waits++).isLessThan(10_000);
          }
        }
        arrived = receiver.moved();
        try (BufferList list = receiver.claim();
            SpliceWriter writer = new SpliceWriter(pool, list, endpoint(to))) {
          write(writer);
        }
      }
    }

    private Endpoint endpoint(int to) {
      return target == Target.DIRECT
          ? Endpoint.directFile(to, 0, alignment())
          : Endpoint.file(to, 0);
    }

    private void write(SpliceWriter writer) throws IOException {
      try {
        writer.finish();
      } catch (MoveException e) {
        assertThat(e.moved() + e.remaining()).isEqualTo(BYTES);
        faults.heal();
        try (BufferList rest = writer.claimRest()) {
          // What is in the file and what is left make up the whole.
          assertThat(rest.length()).isEqualTo(e.remaining());
          byte[] left = rest.toByteArray(pool, Inspection.DEBUG);
          assertThat(left).isEqualTo(part(CONTENT, BYTES - left.length, BYTES));
        }
        byte[] there = Files.readAllBytes(directory.resolve("to"));
        assertThat(part(there, 0, (int) e.moved())).isEqualTo(part(CONTENT, 0, (int) e.moved()));
        throw e;
      }
    }
  }

  private static byte[] part(byte[] bytes, int from, int to) {
    return java.util.Arrays.copyOfRange(bytes, from, to);
  }

  private int alignment() {
    return Linux.instance().directIoAlignment(directory.resolve("from").toString());
  }

  /** True when nothing was reported, and then every byte is right. */
  private boolean run(FaultySys faults, Target target, String what) throws IOException {
    Files.deleteIfExists(directory.resolve("to"));
    LeakCheck leaks = new LeakCheck();
    boolean whole = true;
    try {
      new Run(faults, target).script();
      byte[] there = Files.readAllBytes(directory.resolve("to"));
      assertThat(there.length).as(what).isGreaterThanOrEqualTo(BYTES);
      assertThat(part(there, 0, BYTES)).as(what).isEqualTo(CONTENT);
    } catch (MoveException | SystemCallException | java.io.UncheckedIOException reported) {
      whole = false;
    } catch (AssertionError wrong) {
      throw new AssertionError(what, wrong);
    }
    leaks.assertNothingLeaked(what);
    return whole;
  }

  private void failEvery(Target target) throws IOException {
    FaultySys none = new FaultySys(Linux.instance());
    assertThat(run(none, target, "no fault")).isTrue();
    long calls = none.calls();
    assertThat(calls).isGreaterThan(12);
    int[] errnos = {Sys.EIO, Sys.EAGAIN, Sys.EINTR, Sys.ENOSPC, Sys.EMFILE, Sys.EINVAL, Sys.EPIPE};
    for (int errno : errnos) {
      for (long n = 1; n <= calls; n++) {
        String what = target + ": call " + n + " failing with errno " + errno;
        boolean whole = run(new FaultySys(Linux.instance()).failNthOfAll(n, errno), target, what);
        if (errno == Sys.EINTR) {
          assertThat(whole).as(what).isTrue();
        }
      }
    }
  }

  @Test
  void shouldLoseNothingWhicheverCallFailsOnTheWayToThePageCache() throws IOException {
    failEvery(Target.PAGE_CACHE);
  }

  @Test
  void shouldLoseNothingWhicheverCallFailsOnTheWayToTheDisk() throws IOException {
    Assumptions.assumeTrue(alignment() > 0, "no O_DIRECT here: MoveScriptTest to the disk skipped");
    failEvery(Target.DIRECT);
  }

  @Test
  void shouldResumeWhereEachCallCameShort() throws IOException {
    for (String call : new String[] {"splice", "recv", "pwrite", "read"}) {
      for (int n = 1; n <= 12; n++) {
        for (long atMost : new long[] {1, 511, 4096, 65_537}) {
          FaultySys faults = new FaultySys(Linux.instance()).shortenNth(call, n, atMost);
          String what = call + " " + n + " moving at most " + atMost;
          assertThat(run(faults, Target.PAGE_CACHE, what)).as(what).isTrue();
        }
      }
    }
  }

  @Test
  void shouldLoseNothingWhenCallsFailByChance() throws IOException {
    long first = Seeds.of("MoveScriptTest");
    boolean direct = alignment() > 0;
    for (long seed = first; seed < first + 120; seed++) {
      FaultySys faults = new FaultySys(Linux.instance());
      faults.random(seed, 0.05, Sys.EIO, Sys.EAGAIN, Sys.EAGAIN, Sys.EINTR, 0, 0, 0);
      Target target = direct && seed % 2 == 0 ? Target.DIRECT : Target.PAGE_CACHE;
      run(faults, target, target + ", FaultySys.random(" + seed + "L, 0.05, ...)");
    }
  }
}
