package io.sluice.osd;

import io.sluice.protocol.PoolInfo;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** How the payload of large writes is received: the best way, or one that somebody measures. */
enum ReceiveMode {
  /**
   * Handed on while it comes: in pipes from senders that align; from others in memory files, or in
   * plain memory below {@link Limits#SLOT_BYTES}.
   */
  CUT,
  /** As {@link #CUT}, in pipes from everybody. */
  PIPE,
  /** As {@link #CUT}, in memory files from every client. */
  SLOT,
  /** As {@link #CUT}, in plain memory, replicas too. */
  MEMORY,
  /** Stored whole, then forwarded. */
  WHOLE;

  /** Where a daemon is told so. */
  private static final String VARIABLE = "SLUICE_RECEIVE";

  private static final Logger LOG = LoggerFactory.getLogger(ReceiveMode.class);

  /** Of {@code SLUICE_RECEIVE} in the environment. */
  static ReceiveMode ofEnvironment() {
    return parse(System.getenv(VARIABLE));
  }

  static ReceiveMode parse(String word) {
    if (word == null || word.isEmpty()) {
      return CUT;
    }
    for (ReceiveMode each : values()) {
      if (each.toString().equals(word)) {
        return each;
      }
    }
    LOG.warn("'{}' is no way to receive ({}): payload is cut through", word, VARIABLE);
    return CUT;
  }

  /** What holds for a pool (null: not known here): its own way, or else this one, the daemon's. */
  ReceiveMode in(PoolInfo pool) {
    String own = pool == null ? null : pool.receive();
    return own == null ? this : parse(own);
  }

  boolean cutsThrough() {
    return this != WHOLE;
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
