package io.sluice.messenger;

/** What a daemon or client does with its connections; every call comes on the connection's loop. */
public interface Dispatcher {
  /** The handshake is done. */
  default void onReady(Connection connection) {}

  /**
   * Where does the data segment go? Called before its first byte is read. The default is memory.
   */
  default PayloadPlan plan(Connection connection, MessageHead head) {
    return PayloadPlan.memory(head.dataLength());
  }

  /**
   * A whole message, now the dispatcher's to close. A thrown MalformedInputException closes the
   * connection.
   */
  void onMessage(Connection connection, IncomingMessage message);

  /** The connection is gone, once, for whatever reason; nothing more comes from it. */
  default void onClosed(Connection connection, String reason) {}
}
