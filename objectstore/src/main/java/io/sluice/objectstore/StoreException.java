package io.sluice.objectstore;

/** What the world did to the store: no space, a read error, a store that is not ours. */
public class StoreException extends Exception {
  private static final long serialVersionUID = 1L;

  /** What went wrong, for callers that act on it. */
  public enum Kind {
    NO_SPACE,
    NOT_FOUND,
    EXISTS,
    NO_COLLECTION,
    READ_ERROR,
    CORRUPT,
    WRONG_STORE,
    IN_USE
  }

  private final Kind kind;

  public StoreException(Kind kind, String message) {
    super(message);
    this.kind = kind;
  }

  public StoreException(Kind kind, String message, Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
