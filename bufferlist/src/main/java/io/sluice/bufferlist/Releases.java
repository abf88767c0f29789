package io.sluice.bufferlist;

/**
 * Collects what goes wrong while many things are released, so that one failure does not leak the
 * others.
 */
final class Releases {
  private RuntimeException failure;

  Releases add(Runnable release) {
    try {
      release.run();
    } catch (RuntimeException e) {
      if (failure == null) {
        failure = e;
      } else {
        failure.addSuppressed(e);
      }
    }
    return this;
  }

  Releases release(Segment segment) {
    try {
      segment.release();
    } catch (RuntimeException e) {
      add(
          () -> {
            throw e;
          });
    }
    return this;
  }

  /** Throws the first failure, the others suppressed in it. */
  void end() {
    if (failure != null) {
      throw failure;
    }
  }
}
