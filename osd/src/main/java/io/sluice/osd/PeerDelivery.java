package io.sluice.osd;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Connection;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
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
  /** The message stays its owner's to close. */
  static PeerDelivery of(Connection connection, IncomingMessage incoming, PipePool pipes) {
    MessageHead head = incoming.head();
    StepPayloads payloads = new StepPayloads(incoming);
    int inData = PeerMessage.frontInData(head.version(), head.front(), head.dataLength());
    byte[] front = inData == 0 ? head.front() : payloads.bytes(0, inData, pipes);
    PeerMessage message = PeerMessage.decode(head.type(), front);
    long length = head.dataLength() - inData;
    if (message instanceof RepOp op && op.dataLength() != length) {
      throw new MalformedInputException(
          "a write of " + op.dataLength() + " bytes with " + length + " bytes of data");
    }
    int from = (int) connection.peerName().number();
    return new PeerDelivery(from, connection, message, payloads.claimFrom(inData));
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
