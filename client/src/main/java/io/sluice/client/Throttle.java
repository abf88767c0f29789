package io.sluice.client;

import java.util.concurrent.Semaphore;

/**
 * Bounds the operations and payload bytes in flight by making callers wait, as librados does.
 *
 * <p>Callers on the client's own loop never wait, because nothing would ever be answered then: what
 * they start (a next chunk when one is done) replaces what has ended.
 *
 * <p><b>Threads:</b> any.
 */
final class Throttle {
  /** Bytes are counted in these, so that a semaphore's int is enough. */
  private static final int UNIT = 4096;

  private final Semaphore ops;
  private final Semaphore bytes;
  private final int bytesMax;

  Throttle(int maxOps, long maxBytes) {
    ops = new Semaphore(maxOps);
    bytesMax = (int) Math.min(Integer.MAX_VALUE, Math.max(1, maxBytes / UNIT));
    bytes = new Semaphore(bytesMax);
  }

  /**
   * Takes a place for an operation, blocking until there is one.
   *
   * @return what gives it back, once
   */
  Runnable acquire(long payloadBytes, boolean mayWait) throws InterruptedException {
    int units = (int) Math.min(bytesMax, (payloadBytes + UNIT - 1) / UNIT);
    if (!mayWait) {
      return () -> {};
    }
    ops.acquire();
    try {
      bytes.acquire(units);
    } catch (InterruptedException e) {
      ops.release();
      throw e;
    }
    return () -> {
      ops.release();
      bytes.release(units);
    };
  }
}
