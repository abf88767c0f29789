package io.sluice.osd;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.messenger.Connection;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.RepOp;

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
  /**
   * @param type of the message
   * @param data taken over, also where this fails
   * @throws MalformedInputException when the front is no such message's, or the data are not its
   */
  static PeerDelivery of(Connection connection, int type, byte[] front, Payload data) {
    PeerDelivery made = null;
    try {
      PeerMessage message = PeerMessage.decode(type, front);
      if (message instanceof RepOp op && op.dataLength() != data.length()) {
        throw new MalformedInputException(
            "a write of " + op.dataLength() + " bytes with " + data.length() + " bytes of data");
      }
      made = new PeerDelivery((int) connection.peerName().number(), connection, message, data);
      return made;
    } finally {
      if (made == null) {
        data.close();
      }
    }
  }

  /** The next thread to use the bytes owns them. */
  void handOver() {
    data.bytes().handOver();
  }

  @Override
  public void close() {
    data.close();
  }
}
