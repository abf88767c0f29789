package io.sluice.objectstore;

import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happens when the store cannot keep its word: a write or flush failed, metadata cannot be
 * written or are damaged, a caller asked for the impossible. Nobody is answered any more; a retried
 * flush could claim success for data that are gone.
 */
@FunctionalInterface
public interface FailStop {
  /**
   * Exit code of a daemon whose disk failed, so that what supervises it can tell. (74: EX_IOERR)
   */
  int EXIT_CODE = 74;

  /** Called at least once, from any thread of the store. */
  void fail(String what, Throwable cause);

  /** Logs and ends the process at once: no shutdown hooks, no flushes. */
  static FailStop halt() {
    Logger log = LoggerFactory.getLogger(FailStop.class);
    return (what, cause) -> {
      log.error("object store stops: {}", what, cause);
      Runtime.getRuntime().halt(EXIT_CODE);
    };
  }
}
