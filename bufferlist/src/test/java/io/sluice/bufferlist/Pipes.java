package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.Random;

/** What tests do with pipes: fill them with known bytes, look what is in them. */
public final class Pipes {
  private Pipes() {}

  /** Bytes that differ from seed to seed and place to place. */
  public static byte[] bytes(long seed, int count) {
    byte[] bytes = new byte[count];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  /** A segment whose pipe, of the pool, holds the bytes; they must fit. */
  public static PipeSegment holding(PipePool pool, byte[] bytes) {
    return filled(pool.tryAcquire(1)[0], bytes);
  }

  /** Puts the bytes into that empty pipe. */
  public static PipeSegment filled(Pipe pipe, byte[] bytes) {
    ByteBuffer direct = ByteBuffer.allocateDirect(Math.max(1, bytes.length)).put(bytes);
    long address = DirectBuffers.addressOf(direct);
    int done = 0;
    while (done < bytes.length) {
      long count = Linux.instance().write(pipe.writeEnd(), address + done, bytes.length - done);
      if (count <= 0) {
        throw new IllegalStateException("write to a pipe: " + count + " after " + done);
      }
      done += (int) count;
    }
    return new PipeSegment(pipe, bytes.length);
  }

  /**
   * Fails unless the list, which keeps its bytes, holds exactly these; says where the first
   * difference is.
   */
  public static void assertHolds(BufferList list, PipePool pool, byte[] expected) {
    byte[] actual = list.toByteArray(pool, Inspection.DEBUG);
    int at = Arrays.mismatch(actual, expected);
    if (at >= 0) {
      throw new AssertionError(
          "differs at byte "
              + at
              + ": has "
              + actual.length
              + " bytes, expected "
              + expected.length);
    }
  }

  /** What is in the pipe, by reading it empty. */
  public static byte[] drain(PipeSegment segment) {
    BufferList list = new BufferList().claimAppend(segment);
    try {
      return list.claimBytes(null, Inspection.DEBUG);
    } finally {
      list.close();
    }
  }
}
