package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.Sys;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.io.IOException;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * One messenger with everything it needs, and a dispatcher that keeps what it is given.
 *
 * <p><b>Owns</b> the messages nobody took.
 */
final class Endpoint implements Dispatcher, AutoCloseable {
  /** Only to end a test that hangs. */
  private static final int PATIENCE_SECONDS = 30;

  final CopyMeter meter = new CopyMeter();
  final PipePool pipes;
  final EpollMessenger messenger;
  final BlockingQueue<IncomingMessage> messages = new LinkedBlockingQueue<>();
  final BlockingQueue<Connection> ready = new LinkedBlockingQueue<>();
  final BlockingQueue<String> closed = new LinkedBlockingQueue<>();

  /** Why lossless sessions ended. */
  final BlockingQueue<String> ended = new LinkedBlockingQueue<>();

  /** Where data goes; memory unless a test says otherwise. */
  volatile Function<MessageHead, PayloadPlan> plans = head -> PayloadPlan.memory(head.dataLength());

  /** Called for each message instead of keeping it. */
  volatile BiConsumer<Connection, IncomingMessage> handler =
      (connection, message) -> messages.add(message);

  EntityAddr addr;

  Endpoint(EntityName self, int nonce, Sys sys, GlobalIds globalIds, int maxPipes) {
    pipes = new PipePool(sys, meter, maxPipes);
    messenger = new EpollMessenger(new MessengerConfig(self, nonce, 1, sys, pipes, globalIds));
  }

  private Endpoint(EntityName self, int nonce, int loops, String faults) {
    pipes = new PipePool(Linux.instance(), meter, 32);
    messenger =
        new EpollMessenger(
            new MessengerConfig(self, nonce, loops, Linux.instance(), pipes, null),
            Faults.parse(faults));
  }

  /**
   * With several loops, among which sockets are handed over.
   *
   * @param faults as {@link Faults#VARIABLE} has them
   */
  static Endpoint osdOnLoops(int id, int loops, String faults) throws IOException {
    Endpoint osd = new Endpoint(EntityName.osd(id), 1000 + id, loops, faults);
    osd.listen();
    return osd;
  }

  static Endpoint osd(int id) throws IOException {
    return osd(id, Linux.instance(), 32);
  }

  /** Listens on a free port of the loopback. */
  static Endpoint osd(int id, Sys sys, int maxPipes) throws IOException {
    Endpoint osd = new Endpoint(EntityName.osd(id), 1000 + id, sys, null, maxPipes);
    osd.listen();
    return osd;
  }

  static Endpoint client() {
    return client(Linux.instance());
  }

  static Endpoint client(Sys sys) {
    return new Endpoint(EntityName.client(4711), 77, sys, null, 32);
  }

  void listen() throws IOException {
    addr = messenger.listen(EntityAddr.msgr2("127.0.0.1", 0, 0), this);
  }

  Connection connect(Endpoint to, EntityName expected) {
    return messenger.connect(expected, AddrVec.of(to.addr), this, null);
  }

  /** Connects and waits until both ends are ready. */
  Connection ready(Endpoint to, EntityName expected) throws InterruptedException {
    connect(to, expected);
    Connection connection = take(ready);
    take(to.ready);
    return connection;
  }

  static <T> T take(BlockingQueue<T> queue) throws InterruptedException {
    T next = queue.poll(PATIENCE_SECONDS, TimeUnit.SECONDS);
    assertThat(next).as("what should have come within " + PATIENCE_SECONDS + " s").isNotNull();
    return next;
  }

  IncomingMessage message() throws InterruptedException {
    return take(messages);
  }

  @Override
  public void onReady(Connection connection) {
    ready.add(connection);
  }

  @Override
  public PayloadPlan plan(Connection connection, MessageHead head) {
    return plans.apply(head);
  }

  @Override
  public void onMessage(Connection connection, IncomingMessage message) {
    handler.accept(connection, message);
  }

  @Override
  public void onClosed(Connection connection, String reason) {
    closed.add(reason);
    if (connection instanceof LosslessSession) {
      ended.add(reason);
    }
  }

  @Override
  public void close() {
    messenger.close();
    for (IncomingMessage left; (left = messages.poll()) != null; ) {
      left.close();
    }
    pipes.close();
  }
}
