package io.sluice.monitor;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessengerConfig;
import io.sluice.protocol.MMonCommand;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MessageType;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/** A client that sends commands to one monitor over a socket. */
final class CommandClient implements AutoCloseable {
  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 0);
  private final EpollMessenger messenger =
      new EpollMessenger(
          new MessengerConfig(EntityName.client(0), 1, 1, Linux.instance(), pipes, null));
  private final BlockingQueue<MMonCommandAck> acks = new LinkedBlockingQueue<>();
  private final Connection connection;
  private final UUID fsid;
  private volatile String closedBecause;
  private long tid;

  CommandClient(int rank, EntityAddr mon, UUID fsid) {
    this.fsid = fsid;
    Dispatcher dispatcher =
        new Dispatcher() {
          @Override
          public void onMessage(Connection from, IncomingMessage message) {
            received(message);
          }

          @Override
          public void onClosed(Connection from, String reason) {
            closedBecause = reason;
          }
        };
    connection = messenger.connect(EntityName.mon(rank), AddrVec.of(mon), dispatcher, null);
  }

  private void received(IncomingMessage message) {
    try (message;
        BufferList data = message.claimEnvelope().data()) {
      if (message.head().type() == MessageType.MON_COMMAND_ACK) {
        byte[] output = data.toByteArray(null, Inspection.DEBUG);
        acks.add(
            MMonCommandAck.decode(
                message.head().version(), message.head().tid(), message.head().front(), output));
      }
    }
  }

  MMonCommandAck run(String json) throws InterruptedException {
    connection.send(new MMonCommand(++tid, fsid, List.of(json), new byte[0]).toEnvelope());
    MMonCommandAck ack = acks.poll(30, TimeUnit.SECONDS);
    if (ack == null) {
      throw new AssertionError("no answer to " + json + ": " + closedBecause);
    }
    return ack;
  }

  @Override
  public void close() {
    messenger.close();
    pipes.close();
  }
}
