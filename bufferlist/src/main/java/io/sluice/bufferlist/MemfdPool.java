package io.sluice.bufferlist;

import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A bounded pool of mapped memory files of one size: what zero-copy sending is made from.
 *
 * <p><b>Invariants:</b> no more than {@code maxBuffers} memory files exist at a time; one that may
 * still be in flight is never filled again in place, see {@link MemfdBuffer}.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> what is idle; leases are unmapped when they come back after
 * {@link #close}.
 */
public final class MemfdPool implements AutoCloseable {
  private static final int PAGE = 4096;

  private final Sys sys;
  private final CopyMeter meter;
  private final int bufferBytes;
  private final int maxBuffers;
  private final Deque<Memfd> idle = new ArrayDeque<>();
  private int inUse;
  private boolean closed;

  /**
   * @param bufferBytes of each buffer, a multiple of 4096
   */
  public MemfdPool(Sys sys, CopyMeter meter, int bufferBytes, int maxBuffers) {
    if (bufferBytes <= 0 || bufferBytes % PAGE != 0 || maxBuffers < 0) {
      throw new IllegalArgumentException(maxBuffers + " buffers of " + bufferBytes + " bytes");
    }
    this.sys = sys;
    this.meter = meter;
    this.bufferBytes = bufferBytes;
    this.maxBuffers = maxBuffers;
  }

  /** Bytes of each buffer. */
  public int bufferBytes() {
    return bufferBytes;
  }

  /**
   * Leases a buffer, its contents undefined. Never blocks.
   *
   * @return null when the bound is reached (counted as {@code no_memfd}) or the kernel refuses
   *     ({@code memfd_errno_N})
   */
  public MemfdBuffer tryAcquire() {
    Memfd memfd;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("memfd pool used after close");
      }
      if (inUse == maxBuffers) {
        meter.fallback("no_memfd");
        return null;
      }
      inUse++;
      memfd = idle.poll();
    }
    if (memfd == null) {
      try {
        memfd = Memfd.open(sys, "sluice-buffer", bufferBytes);
      } catch (SystemCallException e) {
        meter.fallback("memfd_errno_" + e.errno());
        ended();
        return null;
      }
    }
    return new MemfdBuffer(this, memfd);
  }

  void recycle(Memfd memfd, boolean mayBeInFlight) {
    boolean reusable = true;
    if (mayBeInFlight) {
      try {
        memfd.renewPages();
      } catch (SystemCallException e) {
        meter.fallback("memfd_errno_" + e.errno());
        reusable = false;
      }
    }
    synchronized (this) {
      inUse--;
      reusable &= !closed;
      if (reusable) {
        idle.push(memfd);
      }
    }
    if (!reusable) {
      memfd.close();
    }
  }

  private synchronized void ended() {
    inUse--;
  }

  /** Leased now. */
  public synchronized int inUse() {
    return inUse;
  }

  /** Idle, ready for reuse. */
  public synchronized int pooled() {
    return idle.size();
  }

  @Override
  public void close() {
    Memfd[] left;
    synchronized (this) {
      closed = true;
      left = idle.toArray(Memfd[]::new);
      idle.clear();
    }
    Releases releases = new Releases();
    for (Memfd memfd : left) {
      releases.add(memfd::close);
    }
    releases.end();
  }

  @Override
  public synchronized String toString() {
    return "MemfdPool["
        + inUse
        + " in use, "
        + idle.size()
        + " pooled, at most "
        + maxBuffers
        + "]";
  }
}
