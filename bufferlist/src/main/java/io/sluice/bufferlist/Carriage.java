package io.sluice.bufferlist;

import java.nio.ByteBuffer;

/**
 * Where a list puts small appended bytes: one growing chunk of heap, handed out as segments, so
 * that a thousand appends make one segment.
 *
 * <p><b>Invariants:</b> a byte that was handed out is never written again. <b>Threads:</b> the
 * list's owner.
 */
final class Carriage {
  /** Most small messages fit. */
  private static final int FIRST = 256;

  /** Larger chunks waste more than they save. */
  private static final int LARGEST = 64 << 10;

  private byte[] chunk = {};
  private int start;
  private int end;

  /** Bytes not handed out yet. */
  int pending() {
    return end - start;
  }

  /** True when that many more fit beside the pending ones. */
  private boolean fits(int count) {
    return chunk.length - end >= count;
  }

  void put(byte[] bytes, int offset, int count) {
    make(count);
    System.arraycopy(bytes, offset, chunk, end, count);
    end += count;
  }

  void put(byte value) {
    make(1);
    chunk[end++] = value;
  }

  void zeros(int count) {
    make(count); // a fresh chunk is zero, and no byte of it is written twice
    end += count;
  }

  /** Pending bytes move along to a larger chunk: they are still nobody else's. */
  private void make(int count) {
    if (!fits(count)) {
      int pending = pending();
      int wanted = Math.max(Math.min(LARGEST, Math.max(FIRST, chunk.length * 2)), pending + count);
      byte[] larger = new byte[pending < LARGEST ? wanted : Math.max(wanted, pending * 2)];
      System.arraycopy(chunk, start, larger, 0, pending);
      chunk = larger;
      start = 0;
      end = pending;
    }
  }

  /** The pending bytes as a segment of the caller's; null when there are none. */
  MemorySegment seal() {
    if (start == end) {
      return null;
    }
    MemorySegment sealed = MemorySegment.wrap(ByteBuffer.wrap(chunk, start, end - start));
    start = end;
    return sealed;
  }
}
