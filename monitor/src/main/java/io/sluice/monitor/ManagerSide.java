package io.sluice.monitor;

import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.PayloadPlan;

/** The monitor as those meet it who come to its manager's port: only that is remembered of them. */
record ManagerSide(Monitor monitor) implements Dispatcher {
  @Override
  public void onReady(Connection connection) {
    monitor.onReady(connection, true);
  }

  @Override
  public PayloadPlan plan(Connection connection, MessageHead head) {
    return monitor.plan(connection, head);
  }

  @Override
  public void onMessage(Connection connection, IncomingMessage message) {
    monitor.onMessage(connection, message);
  }

  @Override
  public void onClosed(Connection connection, String reason) {
    monitor.onClosed(connection, reason);
  }
}
