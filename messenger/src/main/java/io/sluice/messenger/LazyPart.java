package io.sluice.messenger;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.LazyBytes;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.concurrent.CompletableFuture;

/**
 * Payload that is brought piece by piece while it is sent, so that a large object on its way out
 * holds a pipe or two.
 *
 * <p>While one piece goes to the socket the next is being brought: at most {@value #PIECES_MAX} are
 * here or on their way. A piece that cannot be brought ends the connection, as the frame can not be
 * completed; the peer asks again.
 *
 * <p><b>Threads:</b> the connection's loop; pieces arrive on any. <b>Owns</b> the pieces until they
 * are sent; the source is the message's.
 */
final class LazyPart implements OutgoingPart {
  /** One in the socket's queue, one from the disk meanwhile. */
  private static final int PIECES_MAX = 2;

  private final LazyBytes source;
  private Runnable wake;
  private long left;

  /** The piece that is being sent: the loop's. */
  private BufferList piece;

  private final Deque<OutgoingPart> parts = new ArrayDeque<>();

  /** All below is guarded by this. */
  private final Deque<BufferList> arrived = new ArrayDeque<>();

  private int held;
  private boolean asking;
  private boolean discarded;
  private Throwable failure;

  LazyPart(LazyBytes source) {
    this.source = source;
    this.left = source.length();
  }

  /**
   * Its turn is near: begins to bring it.
   *
   * @param whenReady runs, on any thread, when there is something to send
   */
  void begin(Runnable whenReady) {
    wake = whenReady;
    ask();
  }

  private void ask() {
    CompletableFuture<BufferList> next;
    synchronized (this) {
      if (asking || discarded || failure != null || held == PIECES_MAX || source.remaining() == 0) {
        return;
      }
      asking = true;
      held++;
      next = source.next(); // with the lock: the source is closed after we are discarded
    }
    next.whenComplete(this::arrived);
  }

  private void arrived(BufferList bytes, Throwable problem) {
    boolean unwanted;
    synchronized (this) {
      asking = false;
      unwanted = discarded;
      failure = problem;
      if (!unwanted && problem == null) {
        arrived.add(bytes);
      }
    }
    if (unwanted && bytes != null) {
      bytes.close();
    }
    if (!unwanted) {
      wake.run();
      ask();
    }
  }

  /** What there is to send now, in order; null when the next piece is still on its way. */
  Deque<OutgoingPart> ready() throws IOException {
    if (piece != null) {
      return parts;
    }
    synchronized (this) {
      if (arrived.isEmpty() && failure != null) {
        throw new IOException("payload cannot be read: " + failure.getMessage(), failure);
      }
      piece = arrived.poll();
    }
    if (piece == null) {
      return null;
    }
    boolean endsWithPages = FrameLayout.addSegments(piece, parts);
    if (!endsWithPages && piece.length() < left) {
      endRecord();
    }
    return parts;
  }

  /** Pages may follow in the next piece: they begin a socket buffer of their own. */
  private void endRecord() {
    Memory last = (Memory) parts.pollLast();
    parts.add(new Memory(last.bytes(), true, null));
  }

  /** So many bytes of the parts went to the socket. */
  void sent(long count) {
    left -= count;
    while (!parts.isEmpty() && parts.peek().remaining() == 0) {
      parts.poll();
    }
    if (parts.isEmpty()) {
      piece.close();
      piece = null;
      synchronized (this) {
        held--;
      }
      ask();
    }
  }

  @Override
  public long remaining() {
    return left;
  }

  @Override
  public Envelope endOf() {
    return null;
  }

  @Override
  public void discard() {
    Deque<BufferList> unsent;
    synchronized (this) {
      discarded = true;
      unsent = new ArrayDeque<>(arrived);
      arrived.clear();
    }
    unsent.forEach(BufferList::close);
    if (piece != null) {
      piece.close();
      piece = null;
    }
  }

  @Override
  public String toString() {
    return left + " bytes of " + source;
  }
}
