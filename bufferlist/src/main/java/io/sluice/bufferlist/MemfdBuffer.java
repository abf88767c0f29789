package io.sluice.bufferlist;

import io.sluice.bufferlist.Resources.Kind;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A leased buffer whose bytes are sent as pages: fill the mapping, hand out file segments over it.
 *
 * <p><b>Invariants:</b> bytes that a segment covers do not change while anybody may still hold
 * their pages, which a socket does until the peer has them: call {@link #settled} only when every
 * receiver has answered, with no reset, timeout or cancel in between. A buffer that was sent from
 * and never settled gets fresh pages before it is leased again, so that a late retransmission
 * cannot carry another operation's bytes.
 *
 * <p><b>Threads:</b> the lease has one owner; segments may be released on any thread. <b>Owns</b>
 * one reference, given back by {@link #release}; each segment holds another.
 */
public final class MemfdBuffer {
  private final MemfdPool pool;
  private final Memfd memfd;
  private final AtomicInteger references = new AtomicInteger(1);
  private boolean ended;
  private volatile boolean sent;
  private volatile boolean settled;

  MemfdBuffer(MemfdPool pool, Memfd memfd) {
    this.pool = pool;
    this.memfd = memfd;
    Resources.opened(Kind.MEMFD_BUFFER);
  }

  /** A fresh view of all the bytes, little-endian; nobody touches it after release. */
  public ByteBuffer buffer() {
    checkLeased();
    return memfd.buffer().duplicate().clear().order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Of the first byte, page-aligned: good for O_DIRECT. */
  public long address() {
    checkLeased();
    return memfd.address();
  }

  /** Bytes there are. */
  public int capacity() {
    return memfd.length();
  }

  /** The bytes {@code [offset, offset+length)} for sending; the caller's to release. */
  public FileSegment segment(long offset, long length) {
    checkLeased();
    if (offset < 0 || length < 0 || offset > memfd.length() - length) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + memfd.length());
    }
    sent = true;
    references.incrementAndGet();
    return FileSegment.mapped(
        new FileSegment.Range(memfd.fd(), memfd.buffer(), offset, length),
        this::dropReference,
        () -> settled = true);
  }

  /** Every receiver of every page has answered: the buffer may be filled again in place. */
  public void settled() {
    checkLeased();
    settled = true;
  }

  /**
   * Its owner fills it again in place, which is allowed when it is {@link #settled} or was never
   * sent from.
   */
  public void refill() {
    checkLeased();
    if (sent && !settled) {
      throw new IllegalStateException("somebody may still hold the pages of " + this);
    }
    sent = false;
    settled = false;
  }

  /** Ends the lease; the buffer goes back to its pool when the last segment has gone too. */
  public void release() {
    checkLeased();
    ended = true;
    dropReference();
  }

  private void dropReference() {
    if (references.decrementAndGet() == 0) {
      Resources.closed(Kind.MEMFD_BUFFER);
      pool.recycle(memfd, sent && !settled);
    }
  }

  private void checkLeased() {
    if (ended) {
      throw new IllegalStateException("buffer used after its lease ended");
    }
  }

  @Override
  public String toString() {
    return "MemfdBuffer[" + memfd.length() + (ended ? " ended]" : "]");
  }
}
