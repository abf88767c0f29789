package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;

/**
 * A {@link BufferList} beside the bytes it ought to hold, and what both draw on: real pipes, files
 * and sockets, with system calls that may fail.
 *
 * <p><b>Owns</b> everything: {@link #end} says whether all of it came back.
 */
final class ListModel {
  /** A list grows no longer: sequences shall be many. */
  static final int BYTES_MAX = 400_000;

  private static final int PATIENCE_SECONDS = 60;

  private static final ExecutorService OTHER =
      Executors.newSingleThreadExecutor(
          task -> {
            Thread thread = new Thread(task, "other-owner");
            thread.setDaemon(true);
            return thread;
          });

  final CopyMeter meter = new CopyMeter();
  final FaultySys faults = new FaultySys(Linux.instance());
  final PipePool pool;
  final Segments kinds;
  final BufferList list = new BufferList();
  final boolean faulty;
  final Random random;
  private byte[] expected = {};
  private long fresh;

  /**
   * @param pipes that may be had at a time
   * @param faulty system calls fail while something is done that survives it
   */
  ListModel(int pipes, boolean faulty, long seed) {
    this.faulty = faulty;
    this.random = new Random(seed);
    this.pool = new PipePool(faults.sys(), meter, pipes);
    this.kinds = new Segments(pool);
  }

  byte[] expected() {
    return expected;
  }

  int length() {
    return expected.length;
  }

  boolean isFull() {
    return expected.length >= BYTES_MAX;
  }

  byte[] fresh(int size) {
    return Pipes.bytes(++fresh, size);
  }

  /** A place in the list, its end included. */
  int place() {
    return random.nextInt(expected.length + 1);
  }

  /** How many bytes from there on. */
  int countFrom(int place) {
    return random.nextInt(expected.length - place + 1);
  }

  byte[] part(int from, int count) {
    return Arrays.copyOfRange(expected, from, from + count);
  }

  void expectAppended(byte[] bytes) {
    int at = expected.length;
    expected = Arrays.copyOf(expected, at + bytes.length);
    System.arraycopy(bytes, 0, expected, at, bytes.length);
  }

  void expectPrepended(byte[] bytes) {
    byte[] behind = expected;
    expected = bytes.clone();
    expectAppended(behind);
  }

  void expectRemoved(int from, int count) {
    byte[] behind = Arrays.copyOfRange(expected, from + count, expected.length);
    expected = Arrays.copyOf(expected, from);
    expectAppended(behind);
  }

  void expectNothing() {
    expected = new byte[0];
  }

  /** Runs what may fail: when it says so the bytes are still all there, and it is done again. */
  void surviving(Runnable operation) {
    if (faulty) {
      int errno = new int[] {Sys.EMFILE, Sys.EIO, Sys.EAGAIN, Sys.ENOSPC}[random.nextInt(4)];
      faults.failNthOfAll(1 + random.nextInt(9), errno);
      try {
        operation.run();
        return;
      } catch (java.io.UncheckedIOException | IllegalStateException reported) {
        boolean said =
            reported instanceof java.io.UncheckedIOException
                || String.valueOf(reported.getMessage()).contains("munmap")
                || String.valueOf(reported.getMessage()).contains("close of");
        if (!said) {
          throw reported;
        }
        faults.heal();
        assertThat(list.length()).as("after %s", reported).isEqualTo(expected.length);
      } finally {
        faults.heal();
      }
    }
    operation.run();
  }

  /** Short counts, EAGAIN and EINTR by chance, until healed. */
  void disturb() {
    if (faulty) {
      faults.random(random.nextLong(), 0.1, Sys.EAGAIN, Sys.EINTR, 0);
    }
  }

  /** Runs on another thread, which owns the list meanwhile. */
  void onAnotherThread(Runnable operation) {
    list.handOver();
    try {
      OTHER
          .submit(
              () -> {
                operation.run();
                list.handOver();
              })
          .get(PATIENCE_SECONDS, TimeUnit.SECONDS);
    } catch (java.util.concurrent.ExecutionException e) {
      throw new AssertionError("on another thread", e.getCause());
    } catch (InterruptedException | java.util.concurrent.TimeoutException e) {
      throw new AssertionError("another thread did not answer", e);
    }
  }

  /** That list holds what it ought to, and is closed. */
  void assertHolds(BufferList other, byte[] bytes) {
    try (other) {
      Pipes.assertHolds(other, pool, bytes);
    }
  }

  /** True after each step, without looking at a byte. */
  void check() {
    assertThat(list.length()).isEqualTo(expected.length);
    assertThat(list.isEmpty()).isEqualTo(expected.length == 0);
    int pipes = 0;
    for (Segment segment : list.segments()) {
      assertThat(segment.length()).isPositive();
      pipes += segment instanceof PipeSegment ? 1 : 0;
    }
    assertThat(list.pipeCount()).isEqualTo(pipes).isEqualTo(pool.inUse());
  }

  /** Everything is there, and everything goes back. */
  void end() {
    try {
      Pipes.assertHolds(list, pool, expected);
      assertThat(list.claimBytes(pool, Inspection.DEBUG)).isEqualTo(expected);
    } finally {
      list.close();
      pool.close();
      kinds.close();
    }
    assertThat(pool.inUse()).isZero();
  }
}
