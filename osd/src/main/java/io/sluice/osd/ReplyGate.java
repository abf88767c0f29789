package io.sluice.osd;

import io.sluice.protocol.MOSDOpReply;
import io.sluice.types.Envelope;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * The last check before a client hears of anything: answers leave only under a valid lease.
 *
 * <p>What is ready without a lease waits here: within one interval the lease may come back, and
 * nobody else has served meanwhile. With the interval the waiting answers go.
 *
 * <p><b>Threads:</b> the group's loop. <b>Owns</b> held answers.
 */
final class ReplyGate {
  private record Held(ClientOp op, Envelope reply) {}

  private final PgServices services;
  private final PgUsage usage;
  private final Deque<Held> held = new ArrayDeque<>();
  private volatile int waiting;

  ReplyGate(PgServices services, PgUsage usage) {
    this.services = services;
    this.usage = usage;
  }

  /** Answers the operation, which is over then; {@code reply} is taken over. */
  void send(ClientOp op, Envelope reply, int mapEpoch) {
    if (services.lease().holds(mapEpoch)) {
      deliver(op, reply);
    } else {
      services.counters().heldReplies.increment();
      held.add(new Held(op, reply));
      waiting = held.size();
    }
  }

  void send(ClientOp op, MOSDOpReply reply, int mapEpoch) {
    send(op, reply.toEnvelope(), mapEpoch);
  }

  /** The lease or the map has changed. */
  void flush(int mapEpoch) {
    while (!held.isEmpty() && services.lease().holds(mapEpoch)) {
      Held next = held.poll();
      deliver(next.op(), next.reply());
    }
    waiting = held.size();
  }

  private void deliver(ClientOp op, Envelope reply) {
    boolean write = op.request().writes();
    usage.note(write, op.bytes(), reply.payloadLength());
    long took = services.clock().nanos() - op.receivedNanos();
    services.counters().answered(op.request(), op.bytes(), reply.payloadLength(), took);
    MemoryGate.Share share = op.claimShare();
    long length = reply.payloadLength();
    op.connection().send(reply);
    op.close();
    if (share != null) {
      new UnsentAnswer(op.connection(), services.gate(), share).watch(length);
    }
  }

  /** Our time as primary is over: who waited asks again. */
  void drop(Consumer<ClientOp> letGo) {
    while (!held.isEmpty()) {
      Held next = held.poll();
      next.reply().close();
      letGo.accept(next.op());
    }
    waiting = 0;
  }

  /** Any thread. */
  int waiting() {
    return waiting;
  }
}
