package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.protocol.PeerMessage;

/**
 * A message from another OSD with its data, on its way to a placement group.
 *
 * <p><b>Owns</b> {@code data}.
 *
 * @param from the number of the OSD at the other end
 * @param connection on which an answer goes back
 * @param data possibly empty
 */
record PeerDelivery(int from, Connection connection, PeerMessage message, Payload data)
    implements AutoCloseable {
  /** The next thread to use the bytes owns them. */
  void handOver() {
    data.bytes().handOver();
  }

  @Override
  public void close() {
    data.close();
  }
}
