package io.sluice.monitor;

import io.sluice.types.EntityAddr;
import java.util.function.Consumer;

/**
 * Asks whether anybody listens at an address. A seam: daemons try a TCP connection, simulations
 * look it up.
 */
interface Prober {
  /** What a connection attempt says of the process behind an address. */
  enum Answer {
    /** The host is there and nobody listens: the process is gone. */
    REFUSED,
    /** Somebody accepted. */
    ACCEPTED,
    /** No answer in time or no way there: it says nothing of the process. */
    UNKNOWN
  }

  /** Asks and returns at once; the answer comes on the prober's own thread, once. */
  void probe(EntityAddr addr, Consumer<Answer> answer);
}
