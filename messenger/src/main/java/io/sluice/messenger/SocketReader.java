package io.sluice.messenger;

import io.sluice.bufferlist.Sys;
import java.io.IOException;

/**
 * Feeds a parser from a socket: heads through the loop's staging memory, payload straight to where
 * its plan wants it; never more at a time than the parser asks for.
 *
 * <p><b>Threads:</b> the connection's loop.
 */
final class SocketReader {
  /** Why reading stopped. */
  enum Outcome {
    /** Nothing more is there. */
    DRAINED,
    /** There may be more: others have their turn first. */
    BUDGET_SPENT,
    /** Payload waits for memory. */
    NO_MEMORY,
    END_OF_STREAM,
    /** The connection closed or paused in between. */
    STOPPED
  }

  /** Whether to go on after each call: a dispatcher may have closed or paused the connection. */
  interface Gate {
    boolean reading();
  }

  private final Sys sys;
  private final LoopMemory memory;
  private final int socket;
  private final FrameParser parser;
  private final Gate gate;
  private long received;

  SocketReader(Sys sys, LoopMemory memory, int socket, FrameParser parser, Gate gate) {
    this.sys = sys;
    this.memory = memory;
    this.socket = socket;
    this.parser = parser;
    this.gate = gate;
  }

  /** Bytes so far. */
  long received() {
    return received;
  }

  Outcome read() throws IOException {
    long budget = MessengerLimits.WAKEUP_BUDGET;
    while (budget > 0) {
      if (!gate.reading()) {
        return Outcome.STOPPED;
      }
      PayloadReceiver payload = parser.direct();
      long wanted = payload != null ? payload.left() : headBytes();
      long count = payload != null ? payload.receive(socket) : receiveHeads(wanted);
      if (count > 0) {
        received += count;
        budget -= count;
        if (payload != null) {
          if (payload.done()) {
            parser.directDone();
          }
        } else if (count < wanted && parser.direct() == null) {
          return gate.reading() ? Outcome.DRAINED : Outcome.STOPPED;
        }
      } else if (count == 0) {
        return Outcome.END_OF_STREAM;
      } else if (count == -Sys.EAGAIN) {
        return Outcome.DRAINED;
      } else if (count == RunReceiver.NO_MEMORY) {
        return Outcome.NO_MEMORY;
      } else if (count != -Sys.EINTR) {
        throw new IOException("receive: " + sys.describe((int) -count));
      }
    }
    return Outcome.BUDGET_SPENT;
  }

  private long headBytes() {
    long known = Math.min(parser.wanted(), MessengerLimits.STAGING);
    return parser.expectsMore() ? Math.max(known, MessengerLimits.READ_AHEAD) : known;
  }

  private long receiveHeads(long wanted) {
    boolean ahead = wanted > parser.wanted();
    int flags = Sys.MSG_DONTWAIT | (ahead ? Sys.MSG_PEEK : 0);
    long count = sys.recv(socket, memory.inboundAddress(), wanted, flags);
    if (count > 0 && ahead) {
      int small = parser.inMemory(memory.inbound().limit((int) count));
      count = sys.recv(socket, memory.inboundAddress(), small, Sys.MSG_DONTWAIT | Sys.MSG_TRUNC);
    }
    if (count > 0) {
      parser.feed(memory.inbound().limit((int) count));
    }
    return count;
  }
}
