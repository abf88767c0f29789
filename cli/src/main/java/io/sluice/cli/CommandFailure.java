package io.sluice.cli;

/**
 * A command cannot go on: one line for the user that says why and what to do, and the exit code.
 */
final class CommandFailure extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** The cluster, or the machine, said no. */
  static final int REFUSED = 1;

  /** The command line is wrong. */
  static final int USAGE = 2;

  private final int exitCode;

  CommandFailure(String line) {
    this(REFUSED, line, null);
  }

  CommandFailure(String line, Throwable cause) {
    this(REFUSED, line, cause);
  }

  private CommandFailure(int exitCode, String line, Throwable cause) {
    super(line, cause);
    this.exitCode = exitCode;
  }

  static CommandFailure usage(String line) {
    return new CommandFailure(USAGE, line, null);
  }

  int exitCode() {
    return exitCode;
  }
}
