package io.sluice.osd;

import io.sluice.protocol.PoolInfo;
import java.util.Locale;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** When an OSD looks at the payload of senders that bring checksums of its blocks. */
enum Integrity {
  /** Every byte on arrival, through a small window in memory, against the frame's checksum. */
  INGEST,

  /**
   * At the first read: on arrival only the combination of the sender's checksums is compared with
   * the frame's, and they are stored with the blocks.
   */
  LAZY;

  /** Where a daemon is told so. */
  private static final String VARIABLE = "SLUICE_INTEGRITY";

  private static final Logger LOG = LoggerFactory.getLogger(Integrity.class);

  /** Of {@code SLUICE_INTEGRITY} in the environment; lazy when it is not set, see ADR 0005. */
  static Integrity ofEnvironment() {
    return parse(System.getenv(VARIABLE));
  }

  /** A word that nobody knows means the stricter mode. */
  static Integrity parse(String word) {
    if (word == null || word.isEmpty()) {
      return LAZY;
    }
    for (Integrity each : values()) {
      if (each.toString().equals(word)) {
        return each;
      }
    }
    LOG.warn("{} is '{}', neither 'ingest' nor 'lazy': every byte is checked", VARIABLE, word);
    return INGEST;
  }

  /** What holds for a pool (null: not known here): its own mode, or else this one, the daemon's. */
  Integrity in(PoolInfo pool) {
    String own = pool == null ? null : pool.integrity();
    return own == null ? this : parse(own);
  }

  @Override
  public String toString() {
    return name().toLowerCase(Locale.ROOT);
  }
}
