package io.sluice.bufferlist;

import io.sluice.bufferlist.Resources.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * One lease of page-aligned direct memory of {@link DirectBuffers}.
 *
 * <p><b>Invariants:</b> ends once, by {@link #release} or, with the bytes, by {@link
 * #claimSegment}; nobody touches a buffer over it afterwards, as another may have it.
 * <b>Threads:</b> one owner at a time.
 */
public final class DirectBuffer {
  private final DirectBuffers pool;
  private final ByteBuffer memory;
  private final long address;
  private final int length;
  private boolean ended;

  DirectBuffer(DirectBuffers pool, ByteBuffer memory, int length) {
    this.pool = pool;
    this.memory = memory;
    this.address = DirectBuffers.addressOf(memory);
    this.length = length;
    Resources.opened(Kind.DIRECT_BUFFER);
  }

  /** A fresh view of the bytes asked for, little-endian. */
  public ByteBuffer buffer() {
    checkLeased();
    return memory.slice(0, length).order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Of the first byte, a multiple of 4096. */
  public long address() {
    checkLeased();
    return address;
  }

  /** Bytes asked for. */
  public int length() {
    return length;
  }

  /** Bytes there are: the size class. */
  public int capacity() {
    return memory.capacity();
  }

  /**
   * Hands the lease on as a segment over {@code [offset, offset+count)}, whose last release ends
   * it.
   */
  public MemorySegment claimSegment(int offset, int count) {
    checkLeased();
    ByteBuffer view = memory.slice(offset, count);
    ended = true;
    return MemorySegment.wrap(view, this::giveBack);
  }

  /** Gives the lease back, once; nothing may touch the memory afterwards. */
  public void release() {
    checkLeased();
    ended = true;
    giveBack();
  }

  private void giveBack() {
    Resources.closed(Kind.DIRECT_BUFFER);
    pool.recycle(memory);
  }

  private void checkLeased() {
    if (ended) {
      throw new IllegalStateException("buffer used after its lease ended");
    }
  }

  @Override
  public String toString() {
    return "DirectBuffer[" + length + " of " + memory.capacity() + (ended ? " ended]" : "]");
  }
}
