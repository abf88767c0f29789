package io.sluice.bufferlist;

/** Somebody looked into a pipe while a {@link Tripwire} was armed; the stack says who. */
public final class UnexpectedInspectionException extends IllegalStateException {
  private static final long serialVersionUID = 1L;

  UnexpectedInspectionException(Inspection reason) {
    super("a pipe's bytes were inspected, reason " + reason);
  }
}
