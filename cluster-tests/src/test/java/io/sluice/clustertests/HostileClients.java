package io.sluice.clustertests;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.EpollMessenger;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessengerConfig;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OpFlags;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdOp;
import io.sluice.types.EntityName;
import io.sluice.types.ObjectId;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Many connections to OSDs, each of which sends operations without waiting for answers, and some of
 * which take none. What is lost is not sent again. <b>Owns</b> a messenger.
 */
final class HostileClients implements AutoCloseable {
  private static final int PATIENCE_SECONDS = 20;

  private final long pool;
  private final OsdMap map;
  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 0);
  private final EpollMessenger messenger;
  private final AtomicInteger answered = new AtomicInteger();
  private final AtomicInteger closed = new AtomicInteger();
  private final CountDownLatch first = new CountDownLatch(1);
  private long lastTid;

  HostileClients(int number, long pool, OsdMap map) {
    this.pool = pool;
    this.map = map;
    EntityName name = EntityName.client(1_000_000 + number);
    messenger =
        new EpollMessenger(new MessengerConfig(name, number, 1, Linux.instance(), pipes, null));
  }

  /** Answers that came, of any kind. */
  int answered() {
    return answered.get();
  }

  /** Waits for the first one; false when none comes in time. */
  boolean awaitAnswer() throws InterruptedException {
    return first.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
  }

  /** Connections that OSDs have ended. */
  int closed() {
    return closed.get();
  }

  /** On connections of its own, the same operation several times on each. */
  void send(int connections, int times, boolean takesAnswers, String object, OsdOp... steps) {
    for (int i = 0; i < connections; i++) {
      String name = object.replace("#", "" + i);
      OsdMap.Location place = map.locate(pool, name, "", "");
      int osd = map.primary(place.pg());
      Connection connection =
          messenger.connect(
              EntityName.osd(osd), map.osd(osd).addrs().client(), new Events(takesAnswers), null);
      ObjectId id = ObjectId.head(pool, "", "", name, place.hash());
      boolean writes = List.of(steps).stream().anyMatch(step -> step.code().writes());
      int flags = OpFlags.ON_DISK | (writes ? OpFlags.WRITE : OpFlags.READ);
      MOSDOp operation = MOSDOp.of(id, place.pg(), map.epoch(), flags, List.of(steps));
      for (int time = 0; time < times; time++) {
        connection.send(operation.withTid(++lastTid).toEnvelope());
      }
    }
  }

  private final class Events implements Dispatcher {
    private final boolean takesAnswers;

    private Events(boolean takesAnswers) {
      this.takesAnswers = takesAnswers;
    }

    @Override
    public void onReady(Connection connection) {
      if (!takesAnswers) {
        connection.pauseReading();
      }
    }

    @Override
    public void onMessage(Connection from, IncomingMessage message) {
      try (message) {
        if (message.head().type() == MessageType.OSD_OP_REPLY) {
          answered.incrementAndGet();
          first.countDown();
        }
      }
    }

    @Override
    public void onClosed(Connection from, String reason) {
      closed.incrementAndGet();
    }
  }

  @Override
  public void close() {
    messenger.close();
    pipes.close();
  }
}
