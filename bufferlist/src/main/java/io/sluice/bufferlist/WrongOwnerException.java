package io.sluice.bufferlist;

/**
 * A thread changed or consumed bytes that another thread owns: a bug of the caller's, found only
 * where owners are enforced ({@code -Dsluice.owners=enforce}).
 */
public final class WrongOwnerException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  WrongOwnerException(String message) {
    super(message);
  }
}
