package io.sluice.messenger;

import io.sluice.bufferlist.Sys;

/**
 * Keeps a socket to whole segments while its receiver is slower than we are.
 *
 * <pre>
 * OPEN --socket full--> CORKED --nothing left to give--> DRAINING --nearly all sent--> OPEN
 *                          ^-----------more to give---------'
 * </pre>
 *
 * <p>Without TCP_CORK the kernel sends up to the last byte that the receiver's window has room for,
 * and ends a segment there, inside a page: that page arrives in two fragments, which no O_DIRECT
 * file takes, and each window that follows ends as far inside a page ([M] 3 to 24 % of the bytes to
 * a receiver that stores as it receives). Corked, it keeps to whole segments, which are whole pages
 * ({@link SegmentSize}), and holds back what does not fill one: the end of the last message. So the
 * cork goes when little is left unsent, which the kernel tells by TCP_NOTSENT_LOWAT.
 *
 * <p><b>Threads:</b> the connection's loop.
 */
final class Cork {
  private enum State {
    OPEN,
    CORKED,
    DRAINING
  }

  /** EPOLLOUT comes when less than half of it is unsent: of one socket buffer of two segments. */
  private static final int UNSENT_MAX = 128 << 10;

  private final Sys sys;
  private final int socket;
  private State state = State.OPEN;

  Cork(Sys sys, int socket) {
    this.sys = sys;
    this.socket = socket;
  }

  /** The socket takes no more now. */
  void full() {
    if (state == State.OPEN) {
      Sockets.setCork(sys, socket, true);
      state = State.CORKED;
    }
  }

  /**
   * Nothing is left to give.
   *
   * @return whether to call again at the next EPOLLOUT
   */
  boolean given() {
    if (state == State.CORKED) {
      Sockets.setUnsentMax(sys, socket, UNSENT_MAX);
      state = State.DRAINING;
      return true;
    }
    if (state == State.DRAINING) {
      Sockets.setUnsentMax(sys, socket, 0);
      Sockets.setCork(sys, socket, false);
      state = State.OPEN;
    }
    return false;
  }

  /** True when there was nothing to give, and EPOLLOUT is awaited for that alone. */
  boolean isDraining() {
    return state == State.DRAINING;
  }

  /** While draining: there is more to give. */
  void more() {
    Sockets.setUnsentMax(sys, socket, 0);
    state = State.CORKED;
  }
}
