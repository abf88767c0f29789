package io.sluice.osd;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.bufferlist.Segment;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Counts the pipes that one operation holds, so that it holds few however slow its takers are.
 *
 * <p><b>Threads:</b> any.
 */
final class PipeFlow {
  /**
   * One being filled, and one with a twin for each of two replicas on its way: receiving overlaps
   * disk and network, and a daemon of 64 pipes serves 16 operations at once.
   */
  static final int PIPES_MAX = 4;

  private final AtomicInteger held = new AtomicInteger();
  private final Runnable onRoom;

  /**
   * @param onRoom runs, on any thread, whenever a pipe has been given back
   */
  PipeFlow(Runnable onRoom) {
    this.onRoom = onRoom;
  }

  /** True when so many more may be held; always, when there are none. */
  boolean fits(int more) {
    int now = held.get();
    return now == 0 || now + more <= PIPES_MAX;
  }

  int held() {
    return held.get();
  }

  /** The list's pipes count until their leases end. */
  void watch(BufferList bytes) {
    for (Segment segment : bytes.segments()) {
      if (segment instanceof PipeSegment pipe) {
        held.incrementAndGet();
        pipe.pipe().onEnd(this::ended);
      }
    }
  }

  private void ended() {
    held.decrementAndGet();
    onRoom.run();
  }
}
