package io.sluice.bufferlist;

/**
 * The one thread that may change or consume something, when that is enforced.
 *
 * <p>The first thread to use a thing owns it, until it hands it over or ends; then the next one to
 * use it does. With the system property {@code sluice.owners=enforce}, as in tests, a call from any
 * other thread throws {@link WrongOwnerException}; otherwise this costs a test of a constant.
 *
 * <p><b>Threads:</b> any; hand-over is published by whatever passes the thing on.
 */
final class Owner {
  static final boolean ENFORCED = "enforce".equals(System.getProperty("sluice.owners"));

  /** Whom everything has while it is not enforced: lists are made by the million. */
  private static final Owner ANYBODY = new Owner();

  private volatile Thread thread;

  private Owner() {}

  /** Nobody yet. */
  static Owner none() {
    return ENFORCED ? new Owner() : ANYBODY;
  }

  /** Adopts, or throws when another thread owns. */
  void check(Object what) {
    if (ENFORCED) {
      Thread current = Thread.currentThread();
      Thread owner = thread;
      if (owner == null || !owner.isAlive()) {
        thread = current;
      } else if (owner != current) {
        throw new WrongOwnerException(
            what.getClass().getSimpleName()
                + " is owned by "
                + owner.getName()
                + ", used by "
                + current.getName());
      }
    }
  }

  /** The next thread to use it owns it. */
  void handOver() {
    if (ENFORCED) {
      thread = null;
    }
  }
}
