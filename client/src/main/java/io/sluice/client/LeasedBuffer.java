package io.sluice.client;

import io.sluice.bufferlist.MemfdBuffer;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.CompletableFuture;

/**
 * Memory of the library, lent to a caller: what is written from it leaves as its pages, and what is
 * read into it is received there; nothing is copied on the way.
 *
 * <pre>{@code
 * try (LeasedBuffer lease = cluster.payloads().lease(4 << 20)) {
 *   lease.buffer().put(bytes);
 *   Cluster.await(pool.writeFull("object", lease.payload(bytes.length)));
 *   int count = Cluster.await(lease.read(pool, "other", 0, 4 << 20));
 *   lease.buffer().limit(count)...
 * }
 * }</pre>
 *
 * <p><b>Invariants:</b> the caller has the memory, or one operation has: {@link #buffer} throws
 * until that is over, which it is when its future completes. After a write that was answered at its
 * first attempt the bytes are still there; after any other the pages may be in a socket's queue for
 * some time, so the lease gets others, of undefined contents. Writes to one object, leased or not,
 * are carried out in the order they were started, so what is started after a leased write never
 * overtakes it.
 *
 * <p><b>Threads:</b> any, one at a time. <b>Owns</b> its pages until {@link #close}, or, when an
 * operation has them then, until that is over.
 */
public final class LeasedBuffer implements AutoCloseable {
  /** One buffer of the pool, and the size of a stripe's objects. */
  public static final int BYTES_MAX = Payloads.LARGE;

  private final Payloads payloads;
  private final int capacity;
  private MemfdBuffer pages;
  private ByteBuffer memory;
  private boolean lent;
  private boolean closed;

  LeasedBuffer(Payloads payloads, int capacity) {
    if (capacity <= 0 || capacity > BYTES_MAX) {
      throw new IllegalArgumentException("a lease of " + capacity + " bytes");
    }
    this.payloads = payloads;
    this.capacity = capacity;
    acquire();
  }

  /** Pages where there are any; else plain memory, from which the kernel copies (counted). */
  private void acquire() {
    pages = payloads.tryLease(capacity);
    memory = pages == null ? ByteBuffer.allocateDirect(capacity) : pages.buffer();
  }

  /** Bytes. */
  public int capacity() {
    return capacity;
  }

  /**
   * All the bytes, from the first one; good until the next operation.
   *
   * @throws IllegalStateException while an operation has them, and after close
   */
  public synchronized ByteBuffer buffer() {
    checkMine();
    return memory.slice(0, capacity).order(ByteOrder.LITTLE_ENDIAN);
  }

  /**
   * True while the bytes leave as pages, without a copy.
   *
   * @throws IllegalStateException while an operation has them, and after close
   */
  public synchronized boolean hasPages() {
    checkMine();
    return pages != null;
  }

  /** The first {@code length} bytes for one write, which has the buffer until it is over. */
  public synchronized Payload payload(int length) {
    checkMine();
    Payload payload = new Payload(new Payload.Part(memory.slice(0, length), pages), this);
    lent = true;
    return payload;
  }

  /**
   * Reads into the first {@code length} bytes; the operation has the buffer until it is over.
   *
   * @return bytes received
   */
  public CompletableFuture<Integer> read(IoContext from, String object, long offset, int length) {
    ByteBuffer target;
    synchronized (this) {
      checkMine();
      target = memory.slice(0, length);
      lent = true;
    }
    CompletableFuture<Integer> received;
    try {
      received = from.read(object, offset, target);
    } catch (RuntimeException e) {
      comeBack(true);
      throw e;
    }
    return received.whenComplete((count, failure) -> comeBack(true));
  }

  /**
   * The operation is over.
   *
   * @param settled nobody can hold the bytes any more that were sent
   */
  synchronized void comeBack(boolean settled) {
    lent = false;
    if (closed) {
      release();
    } else if (!settled) {
      release(); // fresh ones when they are asked for, by who can be told that there are none
    } else if (pages != null) {
      pages.refill();
    }
  }

  private void checkMine() {
    if (closed || lent) {
      throw new IllegalStateException(
          closed ? "lease used after close" : "an operation has the buffer");
    }
    if (memory == null) {
      acquire();
    }
  }

  private void release() {
    if (pages != null) {
      pages.release();
      pages = null;
    }
    memory = null;
  }

  /** Ends the lease, at once or when the operation that has the buffer is over. */
  @Override
  public synchronized void close() {
    if (!closed) {
      closed = true;
      if (!lent) {
        release();
      }
    }
  }

  @Override
  public String toString() {
    return "LeasedBuffer["
        + capacity
        + (pages == null ? " bytes of memory" : " bytes of pages")
        + (lent ? ", with an operation" : "")
        + (closed ? ", closed]" : "]");
  }
}
