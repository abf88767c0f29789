package io.sluice.osd;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessengerConfig;
import io.sluice.protocol.MCommand;
import io.sluice.protocol.MessageType;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.util.List;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * Says any message to an OSD, and then waits until the OSD answers a command that came after it, or
 * ends the connection; it comes back then. <b>Owns</b> a messenger.
 */
final class RawSpeaker implements Dispatcher, AutoCloseable {
  private static final int PATIENCE_SECONDS = 60;

  /** No answer has this tid. */
  private static final long ENDED = -1;

  private record Answer(Connection over, long tid) {}

  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 0);
  private final EpollMessenger messenger;
  private final LiveOsd osd;
  private final BlockingQueue<Answer> answers = new LinkedBlockingQueue<>();
  private Connection connection;
  private long tid = 1 << 20;

  /**
   * @param listens as OSDs do, so that its connections are sessions
   */
  RawSpeaker(EntityName name, boolean listens, LiveOsd osd) throws IOException {
    this.osd = osd;
    messenger =
        new EpollMessenger(new MessengerConfig(name, 7777, 1, Linux.instance(), pipes, null));
    if (listens) {
      messenger.listen(EntityAddr.msgr2("127.0.0.1", 0, 0), this);
    }
    connect();
  }

  private void connect() {
    connection = messenger.connect(EntityName.osd(osd.id), AddrVec.of(osd.published), this, null);
  }

  void send(Envelope message) {
    connection.send(message);
  }

  void say(Envelope message) throws InterruptedException {
    String what = message.toString();
    send(message);
    while (!isAnswered(what)) {
      connect(); // the OSD is there for the next one
    }
  }

  private boolean isAnswered(String what) throws InterruptedException {
    send(new MCommand(++tid, SimMonitor.FSID, List.of("{\"prefix\":\"nosuch\"}")).toEnvelope());
    while (true) {
      Answer answer = answers.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
      if (answer == null) {
        throw new AssertionError(osd + " neither answers nor ends the connection after " + what);
      }
      if (answer.over() == connection && (answer.tid() == ENDED || answer.tid() == tid)) {
        return answer.tid() == tid;
      }
    }
  }

  @Override
  public void onMessage(Connection from, IncomingMessage message) {
    try (message) {
      if (message.head().type() == MessageType.COMMAND_REPLY) {
        answers.add(new Answer(from, message.head().tid()));
      }
    }
  }

  @Override
  public void onClosed(Connection from, String reason) {
    answers.add(new Answer(from, ENDED));
  }

  @Override
  public void close() {
    messenger.close();
    pipes.close();
  }
}
