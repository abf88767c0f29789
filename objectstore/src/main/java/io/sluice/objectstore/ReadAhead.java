package io.sluice.objectstore;

import java.util.concurrent.atomic.AtomicLong;

/**
 * How much the disk may be told ahead of large reads that wait for their turn at a socket.
 *
 * <p>A connection sends one payload at a time, and a payload is brought when it is sent: without
 * this the disk of an OSD with one client would have one read to do, however many were asked for.
 *
 * <p><b>Threads:</b> any.
 */
final class ReadAhead {
  /** Few enough to stay in the page cache until they are sent. */
  static final long BYTES_MAX = 128L << 20;

  private final AtomicLong taken = new AtomicLong();

  /** False where that would be more than {@value #BYTES_MAX} bytes. */
  boolean tryTake(long bytes) {
    if (taken.addAndGet(bytes) <= BYTES_MAX) {
      return true;
    }
    taken.addAndGet(-bytes);
    return false;
  }

  void give(long bytes) {
    taken.addAndGet(-bytes);
  }
}
