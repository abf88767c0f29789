package io.sluice.osd;

import io.sluice.protocol.MOSDOp;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Bounds what client operations in hand keep in memory: beyond the bound their sockets are not
 * read, and TCP pushes back on the sender.
 *
 * <p>Connections of other OSDs are never paused: two that wait for each other would wait for ever.
 *
 * <p><b>Threads:</b> {@link #begin} on the connection's loop, {@link #end} any.
 */
final class Intake {
  private final AtomicLong bytes = new AtomicLong();
  private final Set<ClientSession> paused = ConcurrentHashMap.newKeySet();

  /**
   * What an operation counts.
   *
   * @param heap as {@link OpCost#heap} says
   * @param gated it has nothing in the heap before the {@link MemoryGate} has let it in
   */
  static long costOf(MOSDOp request, long heap, boolean gated) {
    long weighed = gated ? Limits.GATED_BYTES : heap;
    return OpCost.outside(request) + Limits.HEAP_WEIGHT * weighed;
  }

  /** An operation has come. */
  void begin(ClientSession session, long count) {
    long all = bytes.addAndGet(count);
    long own = session.bytes().addAndGet(count);
    if (all > Limits.CLIENT_BYTES || own > Limits.CONNECTION_BYTES) {
      paused.add(session);
      session.pause(ClientSession.Reason.INTAKE);
      // What ended between the sum and the pause has not seen us in the set.
      release(session);
    }
  }

  /** It is over. */
  void end(ClientSession session, long count) {
    bytes.addAndGet(-count);
    session.bytes().addAndGet(-count);
    if (!paused.isEmpty()) {
      paused.forEach(this::release);
    }
  }

  private void release(ClientSession session) {
    boolean room =
        bytes.get() <= Limits.CLIENT_BYTES / 2
            && session.bytes().get() <= Limits.CONNECTION_BYTES / 2;
    if (room && paused.remove(session)) {
      session.connection().loop().execute(() -> session.resume(ClientSession.Reason.INTAKE));
    }
  }

  long bytes() {
    return bytes.get();
  }
}
