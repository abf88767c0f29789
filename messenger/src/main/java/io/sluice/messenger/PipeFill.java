package io.sluice.messenger;

import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.bufferlist.Sys;

/**
 * Fills one pipe from a socket.
 *
 * <p>A pipe holds slots, not bytes: how much fits depends on how the sender cut its segments, and
 * is known from the calls' results only. splice says EAGAIN both when the socket is empty and when
 * the pipe is full. With bytes in the pipe the socket is asked (FIONREAD); if it has some, the call
 * is made once more, as they may just have come; EAGAIN again means full.
 *
 * <p><b>Threads:</b> the connection's loop. <b>Owns</b> the pipe until {@link #claim}.
 */
final class PipeFill {
  /** {@link #receive}: the pipe takes no more. No errno of the kernel is that large. */
  static final long FULL = RunReceiver.NO_MEMORY - 1;

  private static final int MOVE = Sys.SPLICE_F_MOVE | Sys.SPLICE_F_NONBLOCK;

  private final ReceiveContext context;
  private final Pipe pipe;
  private long room;
  private long filled;

  /**
   * @param room bytes it shall take, as far as they fit
   */
  PipeFill(ReceiveContext context, Pipe pipe, long room) {
    this.context = context;
    this.pipe = pipe;
    this.room = room;
  }

  /** Bytes it shall still take. */
  long room() {
    return room;
  }

  /** As {@link RunReceiver#receive}, or {@link #FULL}. */
  long receive(int socket) {
    for (boolean again = false; ; again = true) {
      long count = context.sys().splice(socket, -1, pipe.writeEnd(), -1, room, MOVE);
      if (count > 0) {
        filled += count;
        room -= count;
        context.meter().splicedIn.add(count);
        return count;
      }
      if (count != -Sys.EAGAIN || filled == 0 || context.sys().readable(socket) <= 0) {
        return count;
      }
      if (again) {
        return FULL;
      }
    }
  }

  /** What is in it, the caller's. */
  PipeSegment claim() {
    return new PipeSegment(pipe, filled);
  }

  void discard() {
    pipe.discard();
  }
}
