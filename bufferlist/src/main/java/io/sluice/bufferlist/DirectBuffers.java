package io.sluice.bufferlist;

import com.sun.jna.Native;
import com.sun.jna.Pointer;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

/**
 * A bounded pool of page-aligned direct memory, for O_DIRECT and for receiving.
 *
 * <p>Buffers come in powers of two from 4 KiB to 4 MiB. <b>Invariants:</b> leased and idle buffers
 * together never exceed {@code maxBytes}: when the bound is near, idle buffers of other sizes are
 * dropped first.
 *
 * <p><b>Threads:</b> any.
 */
public final class DirectBuffers implements AutoCloseable {
  /** The page size, which is also the largest alignment a disk asks for. */
  public static final int SMALLEST = 4096;

  /** One object of the usual striping. */
  public static final int LARGEST = 4 << 20;

  private static final int CLASSES = Integer.numberOfTrailingZeros(LARGEST / SMALLEST) + 1;

  private final CopyMeter meter;
  private final long maxBytes;
  private final List<Deque<ByteBuffer>> idle = new ArrayList<>();
  private long idleBytes;
  private long leasedBytes;
  private boolean closed;

  /** At most so many bytes, idle ones included; nobody counts what is refused. */
  public DirectBuffers(long maxBytes) {
    this(new CopyMeter(), maxBytes);
  }

  /**
   * @param meter where a bound that was reached is counted, as {@code no_direct_memory}
   */
  public DirectBuffers(CopyMeter meter, long maxBytes) {
    this.meter = meter;
    if (maxBytes < 0) {
      throw new IllegalArgumentException("maxBytes " + maxBytes);
    }
    this.maxBytes = maxBytes;
    for (int i = 0; i < CLASSES; i++) {
      idle.add(new ArrayDeque<>());
    }
  }

  /** The address of index 0 of a direct buffer, wherever its position is. */
  public static long addressOf(ByteBuffer direct) {
    if (!direct.isDirect()) {
      throw new IllegalArgumentException("not a direct buffer: " + direct);
    }
    return Pointer.nativeValue(Native.getDirectBufferPointer(direct));
  }

  /** Page-aligned direct memory of no pool, for whoever keeps it. */
  static ByteBuffer pages(int bytes) {
    // An aligned slice ends at a page boundary too: room for a whole last page, and for the shift.
    int whole = Math.addExact(bytes, SMALLEST - 1) / SMALLEST * SMALLEST;
    return ByteBuffer.allocateDirect(whole + SMALLEST).alignedSlice(SMALLEST).slice(0, bytes);
  }

  /** The size class for that many bytes. */
  public static int roundUp(int bytes) {
    if (bytes < 0 || bytes > LARGEST) {
      throw new IllegalArgumentException(bytes + " bytes, of at most " + LARGEST);
    }
    return bytes <= SMALLEST ? SMALLEST : Integer.highestOneBit(bytes - 1) << 1;
  }

  /**
   * Leases a buffer of at least {@code bytes}, its contents undefined. Never blocks.
   *
   * @return null when the bound is reached
   */
  public DirectBuffer tryAcquire(int bytes) {
    int size = roundUp(bytes);
    ByteBuffer memory;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("buffer pool used after close");
      }
      if (leasedBytes + size > maxBytes) {
        meter.fallback("no_direct_memory");
        return null;
      }
      leasedBytes += size;
      memory = idle.get(classOf(size)).poll();
      if (memory != null) {
        idleBytes -= size;
      } else {
        dropIdle(maxBytes - leasedBytes);
      }
    }
    if (memory == null) {
      memory = allocate(size);
    }
    return new DirectBuffer(this, memory, bytes);
  }

  private ByteBuffer allocate(int size) {
    try {
      return pages(size);
    } catch (OutOfMemoryError e) {
      synchronized (this) {
        leasedBytes -= size;
      }
      throw e;
    }
  }

  private void dropIdle(long target) {
    for (int i = CLASSES - 1; i >= 0 && idleBytes > target; i--) {
      Deque<ByteBuffer> buffers = idle.get(i);
      while (idleBytes > target && !buffers.isEmpty()) {
        idleBytes -= buffers.poll().capacity();
      }
    }
  }

  private static int classOf(int size) {
    return Integer.numberOfTrailingZeros(size / SMALLEST);
  }

  synchronized void recycle(ByteBuffer memory) {
    leasedBytes -= memory.capacity();
    if (!closed) {
      idle.get(classOf(memory.capacity())).push(memory);
      idleBytes += memory.capacity();
    }
  }

  /** Bytes leased now. */
  public synchronized long leasedBytes() {
    return leasedBytes;
  }

  /** Bytes that wait to be leased again. */
  public synchronized long idleBytes() {
    return idleBytes;
  }

  /** Drops what is idle; leases go on and are dropped when they end. */
  @Override
  public synchronized void close() {
    closed = true;
    dropIdle(0);
  }
}
