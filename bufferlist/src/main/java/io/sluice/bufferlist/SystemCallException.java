package io.sluice.bufferlist;

import java.io.IOException;

/** A system call that failed, with its errno, for callers that cannot go on without it. */
public final class SystemCallException extends IOException {
  private static final long serialVersionUID = 1L;

  private final int errno;

  /** Of a call that returned {@code -errno}. */
  public SystemCallException(Sys sys, String call, int errno) {
    super(call + ": " + sys.describe(errno) + " (errno " + errno + ")");
    this.errno = errno;
  }

  /**
   * Passes a result on.
   *
   * @param result what a method of {@link Sys} returned
   */
  public static long check(Sys sys, String call, long result) throws SystemCallException {
    if (result < 0) {
      throw new SystemCallException(sys, call, (int) -result);
    }
    return result;
  }

  /** Positive. */
  public int errno() {
    return errno;
  }
}
