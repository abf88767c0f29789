package io.sluice.bufferlist;

import java.io.IOException;

/** Waits until a descriptor is ready, for workers; an event loop has its own way. */
final class Readiness {
  /** So that an interrupt of the thread is seen. */
  private static final int STEP_MILLIS = 1000;

  private Readiness() {}

  /**
   * @throws java.io.InterruptedIOException when the thread is interrupted
   */
  static void await(Sys sys, int fd, int events) throws IOException {
    while (true) {
      int ready = sys.poll(fd, events, STEP_MILLIS);
      if (ready > 0 || ready == -Sys.EAGAIN) {
        return;
      }
      if (ready < 0 && ready != -Sys.EINTR) {
        throw new SystemCallException(sys, "poll of fd " + fd, -ready);
      }
      if (Thread.currentThread().isInterrupted()) {
        throw new java.io.InterruptedIOException("interrupted while waiting for fd " + fd);
      }
    }
  }
}
