package io.sluice.monitor;

import io.sluice.protocol.Errno;

/** A user's command that cannot be done: an error number and one line that says why. */
final class CommandException extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final Errno errno;

  CommandException(Errno errno, String message) {
    super(message, null, false, false); // the caller's mistake needs no stack trace
    this.errno = errno;
  }

  Errno errno() {
    return errno;
  }
}
