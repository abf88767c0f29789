package io.sluice.osd;

import io.sluice.messenger.Connection;
import java.util.concurrent.RejectedExecutionException;

/**
 * An answer that takes much memory until its client has taken it: as long it keeps its share of the
 * {@link MemoryGate}.
 *
 * <p>A client that takes nothing costs others their turn, so it is not waited for without end: it
 * asks again over another connection, if it is still there.
 *
 * <p><b>Threads:</b> any to begin, then the connection's loop.
 */
final class UnsentAnswer {
  private final Connection connection;
  private final MemoryGate gate;
  private final MemoryGate.Share share;
  private long goneAt;
  private long deadline;
  private long left;
  private long leftSince;

  /**
   * @param share given back when the answer is gone
   */
  UnsentAnswer(Connection connection, MemoryGate gate, MemoryGate.Share share) {
    this.connection = connection;
    this.gate = gate;
    this.share = share;
  }

  /**
   * Begins; the answer has been given to the connection.
   *
   * @param bytes of it
   */
  void watch(long bytes) {
    goneAt = connection.sentBytes() + connection.queuedBytes();
    if (bytes <= Limits.ANSWER_LEFT_BYTES || isSent()) {
      share.release();
      return;
    }
    share.shrink(bytes);
    leftSince = connection.loop().clock().nanos();
    deadline = leftSince + Limits.PATIENCE_NANOS;
    again();
  }

  /**
   * What went before it, and it, are gone, as messages are sent in order, or next to nothing waits.
   */
  private boolean isSent() {
    return connection.queuedBytes() <= Limits.ANSWER_LEFT_BYTES || isOvertaken();
  }

  /** Others may have been queued behind it since, without end. */
  private boolean isOvertaken() {
    long sent = connection.sentBytes();
    return sent > 0 && sent >= goneAt;
  }

  private void again() {
    try {
      connection.loop().schedule(Limits.ANSWER_PAUSE_NANOS, this::look);
    } catch (RejectedExecutionException e) {
      share.release(); // the messenger is closed
    }
  }

  private void look() {
    if (isSent()) {
      share.release();
      return;
    }
    long now = connection.loop().clock().nanos();
    if (connection.queuedBytes() != left) {
      left = connection.queuedBytes();
      leftSince = now;
    }
    boolean tooSlow = now > deadline || now - leftSince > Limits.STUCK_NANOS;
    if (tooSlow && gate.waiting() > 0) {
      connection.close("takes no answers, and others wait for their room");
    }
    again();
  }
}
