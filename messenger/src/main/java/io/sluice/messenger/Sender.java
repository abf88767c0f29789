package io.sluice.messenger;

import io.sluice.bufferlist.Sys;
import io.sluice.types.Envelope;
import java.io.IOException;

/**
 * The outgoing half of a connection: what waits, and how far the socket takes it.
 *
 * <p><b>Threads:</b> {@link #offer} and {@link #queuedBytes} any, the rest the connection's loop.
 * <b>Owns</b> the messages until they are in the socket.
 */
final class Sender {
  private final Outbox own;
  private volatile Outbox outbox;
  private SocketWriter writer;

  /** Null where segments are not whole pages. */
  private Cork cork;

  /** Null for peers that are no clients. */
  private Backlog.Part backlog;

  private boolean blocked;
  private volatile long sentBytes;

  Sender(Outbox outbox) {
    this.own = outbox;
    this.outbox = outbox;
  }

  /** Sends what a lossless session has, from now on. */
  void use(Outbox ofSession) {
    assert own.isEmpty() : "frames of the handshake wait";
    outbox = ofSession;
  }

  /** The socket is there. */
  void use(SocketWriter theWriter) {
    writer = theWriter;
  }

  /** The peer is a client: what it does not take is counted. */
  void use(Backlog.Part ofClient) {
    backlog = ofClient;
  }

  /** Segments are whole pages: they stay whole from now on. */
  void use(Cork ofSocket) {
    cork = ofSocket;
  }

  /** Takes over a message. */
  void offer(Envelope message) {
    outbox.offer(message);
  }

  void addFrame(byte[] frame) {
    outbox.addFrame(frame);
  }

  /**
   * True when the socket is full, or has taken its share of this wakeup: EPOLLOUT says when to go
   * on.
   */
  boolean blocked() {
    return blocked;
  }

  /** True when the socket would not take more, were there any. */
  boolean full() {
    return blocked && !isDraining();
  }

  private boolean isDraining() {
    return cork != null && cork.isDraining();
  }

  void unblocked() {
    blocked = false;
  }

  /**
   * Sends until nothing is left or the socket is full.
   *
   * @param session acknowledges on the way; null before the handshake is done, when messages wait
   */
  void write(FrameRouter session) throws IOException {
    writeUntilFull(session);
    if (backlog != null && !backlog.set(blocked ? outbox.heapBytes() : 0)) {
      throw new IOException("leaves more of its answers than there is room for");
    }
  }

  private void writeUntilFull(FrameRouter session) throws IOException {
    long budget = MessengerLimits.WAKEUP_BUDGET;
    if (isDraining() && !outbox.isEmpty()) {
      cork.more();
      blocked = false;
    }
    while (!blocked) {
      if (session != null) {
        writer.paidBy(session.payer());
        outbox.paidBy(session.payer());
        outbox.layOut(session);
      }
      if (outbox.parts().isEmpty()) {
        blocked = cork != null && cork.given();
        return;
      }
      long count = budget > 0 ? writer.write(outbox.parts()) : -Sys.EAGAIN;
      if (count > 0) {
        outbox.sent(count);
        sentBytes += count;
        budget -= count;
      } else if (count == SocketWriter.NOT_YET) {
        return; // whoever brings the bytes wakes us
      } else {
        blocked = true;
        if (budget > 0 && cork != null) {
          cork.full();
        }
      }
    }
  }

  /** Bytes so far. */
  long sentBytes() {
    return sentBytes;
  }

  /** Bytes waiting. */
  long queuedBytes() {
    return outbox.queuedBytes();
  }

  /** True for a client that takes no answers: it gets no more questions in. */
  boolean isBacklogged() {
    return backlog != null
        && (outbox.queuedBytes() > MessengerLimits.CLIENT_QUEUE_MAX || backlog.isTooLong());
  }

  /** What waits for it in the heap while too much does of all clients' answers; else 0. */
  long inTheWay() {
    return backlog == null ? 0 : backlog.inTheWay();
  }

  /** The connection is gone; a session's messages stay the session's. */
  void discard() {
    if (outbox != own) {
      outbox.cut();
      outbox = own;
    }
    own.discard();
    if (backlog != null) {
      backlog.set(0);
    }
  }
}
