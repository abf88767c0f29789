package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.Random;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.lifecycle.AddLifecycleHook;

/**
 * Lists of every kind of segment moved between real descriptors of every kind, with short counts
 * and EAGAIN by chance: what arrives is what was sent.
 */
@AddLifecycleHook(NoLeaksHook.class)
class MoveProperties {
  @Property
  void whatArrivesIsWhatWasSent(
      @ForAll Medium.Kind kind,
      @ForAll @IntRange(max = 6) int segments,
      @ForAll long seed,
      @ForAll boolean trouble,
      @ForAll boolean pipes) {
    Random random = new Random(seed);
    FaultySys faults = new FaultySys(Linux.instance());
    try (PipePool real = new PipePool(Linux.instance(), new CopyMeter(), 12);
        PipePool pool = new PipePool(faults.sys(), new CopyMeter(), 12);
        MemfdPool memfds = new MemfdPool(Linux.instance(), new CopyMeter(), 65_536, 8);
        Medium medium = new Medium(kind);
        BufferList list = new BufferList()) {
      byte[] expected = fill(list, segments, random, real, memfds);
      if (trouble) {
        faults.random(seed, 0.1, Sys.EAGAIN, Sys.EINTR, 0);
      }
      int pipesFrom = pipes ? 0 : Integer.MAX_VALUE;
      try (BufferList came = medium.through(list, pool, pipesFrom, faults)) {
        byte[] actual = came.claimBytes(pool, Inspection.DEBUG);
        int at = Arrays.mismatch(actual, expected);
        assertThat(at).as("first difference, of " + expected.length).isEqualTo(-1);
      }
    }
  }

  private static byte[] fill(
      BufferList list, int segments, Random random, PipePool pool, MemfdPool memfds) {
    byte[] all = {};
    for (int i = 0; i < segments; i++) {
      int size = 1 + random.nextInt(random.nextBoolean() ? 60_000 : 5000);
      byte[] bytes = new byte[size];
      random.nextBytes(bytes);
      switch (random.nextInt(5)) {
        case 0 -> list.claimAppend(Pipes.holding(pool, bytes));
        case 1 -> list.append(bytes);
        case 2 -> list.claimAppend(BufferList.wrap(direct(bytes)));
        case 3 -> {
          MemfdBuffer buffer = memfds.tryAcquire();
          buffer.buffer().put(bytes);
          list.claimAppend(buffer.segment(0, size));
          buffer.release();
        }
        default -> slice(list, bytes, pool, random);
      }
      int at = all.length;
      all = Arrays.copyOf(all, at + size);
      System.arraycopy(bytes, 0, all, at, size);
    }
    return all;
  }

  /** The bytes as the middle of a longer pipe. */
  private static void slice(BufferList list, byte[] bytes, PipePool pool, Random random) {
    int before = random.nextInt(5000);
    byte[] longer = new byte[before + bytes.length + 77];
    System.arraycopy(bytes, 0, longer, before, bytes.length);
    try (BufferList whole = new BufferList().claimAppend(Pipes.holding(pool, longer));
        BufferList part = whole.slice(before, bytes.length)) {
      list.claimAppend(part);
    }
  }

  private static java.nio.ByteBuffer direct(byte[] bytes) {
    return java.nio.ByteBuffer.allocateDirect(bytes.length).put(bytes).flip();
  }
}
