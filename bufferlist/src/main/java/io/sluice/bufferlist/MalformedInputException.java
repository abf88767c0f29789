package io.sluice.bufferlist;

/**
 * Bytes from outside that do not decode; ends the connection or operation that brought them,
 * nothing else.
 */
public final class MalformedInputException extends RuntimeException {
  private static final long serialVersionUID = 1L;

  /** With what was found, and what was to be there. */
  public MalformedInputException(String message) {
    super(message);
  }
}
