package io.sluice.messenger;

/**
 * How far one direction of a session has come, and what of it the peer has been told.
 *
 * <p><b>Threads:</b> the session's loop.
 */
final class Received {
  /** On a lossy session nobody waits for it; it keeps a peer's log tidy. */
  private static final int LOSSY_MESSAGES = 256;

  /** The peer keeps what is not acknowledged: told at once after so many, or so many bytes. */
  private static final int MESSAGES = 64;

  private static final long BYTES = 256 << 10;

  private long inSeq;
  private long told;
  private long bytesSinceTold;

  /** The seq of the last message that was handed up. */
  long inSeq() {
    return inSeq;
  }

  void handedUp(long seq, long bytes) {
    inSeq = seq;
    bytesSinceTold += bytes;
  }

  /** The seq to be told to the peer, with a message or by itself. */
  long takeAck() {
    told = inSeq;
    bytesSinceTold = 0;
    return inSeq;
  }

  boolean isUntold() {
    return inSeq > told;
  }

  /** Time for a frame of its own. */
  boolean isDue(boolean lossless) {
    return lossless
        ? inSeq - told >= MESSAGES || isUntold() && bytesSinceTold >= BYTES
        : inSeq - told >= LOSSY_MESSAGES;
  }
}
