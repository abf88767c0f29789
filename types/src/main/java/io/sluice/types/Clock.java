package io.sluice.types;

/** Time as a seam: daemons use the machine's, a simulation its own. */
public interface Clock {
  /** Monotonic nanoseconds, comparable within one process; goes on while the process is stopped. */
  long nanos();

  /** Nanoseconds since 1970, for timestamps that users see. */
  long wallNanos();
}
