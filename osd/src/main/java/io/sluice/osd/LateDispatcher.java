package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.PayloadPlan;

/** Stands in for a dispatcher that can only be made once it is known where it listens. */
final class LateDispatcher implements Dispatcher {
  volatile Dispatcher behind;

  @Override
  public void onReady(Connection connection) {
    if (behind == null) {
      connection.close("not ready yet");
    } else {
      behind.onReady(connection);
    }
  }

  @Override
  public PayloadPlan plan(Connection connection, MessageHead head) {
    return behind == null ? PayloadPlan.memory(head.dataLength()) : behind.plan(connection, head);
  }

  @Override
  public void onMessage(Connection connection, IncomingMessage message) {
    if (behind == null) {
      message.close();
      connection.close("not ready yet");
    } else {
      behind.onMessage(connection, message);
    }
  }

  @Override
  public void onClosed(Connection connection, String reason) {
    if (behind != null) {
      behind.onClosed(connection, reason);
    }
  }
}
