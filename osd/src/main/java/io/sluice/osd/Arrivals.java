package io.sluice.osd;

import io.sluice.messenger.Connection;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.function.Consumer;

/**
 * Messages of a map that has not come yet, in the order they came; beyond the bound they are
 * dropped, and their senders send again.
 *
 * <p><b>Threads:</b> the group's loop. <b>Owns</b> what it holds.
 */
final class Arrivals {
  private final Deque<ClientOp> ops = new ArrayDeque<>();
  private final Deque<PeerDelivery> deliveries = new ArrayDeque<>();

  void hold(ClientOp op) {
    if (ops.size() >= Limits.WAITING_FOR_MAP) {
      op.connection().close("too many operations of a map we do not have");
      op.close();
    } else {
      ops.add(op);
    }
  }

  void hold(PeerDelivery delivery) {
    if (deliveries.size() >= Limits.WAITING_FOR_MAP) {
      delivery.connection().close("too many messages of a map we do not have");
      delivery.close();
    } else {
      deliveries.add(delivery);
    }
  }

  /** Gives out everything; what is still too early comes back. */
  void release(Consumer<ClientOp> toClients, Consumer<PeerDelivery> toPeers) {
    for (int count = deliveries.size(); count > 0; count--) {
      toPeers.accept(deliveries.poll());
    }
    for (int count = ops.size(); count > 0; count--) {
      toClients.accept(ops.poll());
    }
  }

  /** Drops what that epoch should have made possible, and did not. */
  void dropUpTo(int epoch, PgServices services) {
    deliveries.removeIf(
        delivery -> {
          boolean over = Integer.compareUnsigned(delivery.message().scope().interval(), epoch) <= 0;
          if (over) {
            delivery.close();
          }
          return over;
        });
    ops.removeIf(
        op -> {
          boolean over = Integer.compareUnsigned(op.request().epoch(), epoch) <= 0;
          if (over) {
            services.drop(op);
          }
          return over;
        });
  }

  /** Drops a client's operations: it does not wait for them any more. */
  void dropOf(Connection connection) {
    ops.removeIf(
        op -> {
          boolean its = op.connection() == connection;
          if (its) {
            op.close();
          }
          return its;
        });
  }

  boolean isEmpty() {
    return ops.isEmpty() && deliveries.isEmpty();
  }

  void dropAll(PgServices services) {
    deliveries.forEach(PeerDelivery::close);
    deliveries.clear();
    ops.forEach(services::drop);
    ops.clear();
  }
}
