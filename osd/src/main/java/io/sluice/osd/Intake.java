package io.sluice.osd;

import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OsdOp;
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
   * Bytes that an operation may keep in memory: what it brought, what it asks for or makes, itself.
   */
  static long costOf(MOSDOp request) {
    long cost = Limits.OPERATION_BYTES + request.dataLength();
    for (OsdOp step : request.ops()) {
      cost += costOf(step);
    }
    return cost;
  }

  private static long costOf(OsdOp step) {
    return switch (step.code()) {
      case READ, SPARSE_READ -> read(step.extent().length());
      case CHECKSUM -> Limits.PUSH_PIECE_BYTES + Limits.STEP_OUTPUT_BYTES;
      case CMPEXT -> Limits.PUSH_PIECE_BYTES;
      case WRITE_SAME -> Math.max(0, Math.min(step.extent().length(), Limits.WRITE_OP_BYTES));
      case OMAP_GET_KEYS, OMAP_GET_VALS -> Limits.OMAP_REPLY_BYTES;
      case OMAP_GET_VALS_BY_KEYS -> Limits.STEP_OUTPUT_BYTES;
      default -> StepPayloads.isApart(step) ? 0 : Limits.CHANGES_COPIES * step.dataLength();
    };
  }

  /** How long the object is comes out later: without a length of use, as much as most have. */
  private static long read(long asked) {
    return asked <= 0 || asked > Limits.OBJECT_BYTES ? Limits.PUSH_PIECE_BYTES : asked;
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
