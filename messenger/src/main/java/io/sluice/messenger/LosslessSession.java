package io.sluice.messenger;

import io.sluice.types.AddrVec;
import io.sluice.types.Envelope;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A session between two daemons that outlives its connections (wires): what was sent is kept until
 * the peer has it, and sent again over the next wire.
 *
 * <pre>
 *            send, or cut with something to send
 * STANDBY ------------------------------------> CONNECTING --> READY
 *    ^                                           |     ^         |
 *    +--- cut with nothing to send ----+    cut, WAIT  | timer   | cut
 *                                      |         v     |         v
 *                                      +------------ WAITING <---+
 * any --> CLOSED: closed, or reset: then the layer above hears that messages may be lost
 * </pre>
 *
 * <p><b>Invariants:</b> every message is handed up once and in order (of its priority), until
 * {@link Dispatcher#onClosed}; a session that was reset is never gone on with.
 *
 * <p><b>Threads:</b> the session's loop, which never changes, but for what {@link Connection}
 * allows to any. <b>Owns</b> its messages and its wire.
 */
final class LosslessSession extends SessionFace {
  private enum State {
    STANDBY,
    CONNECTING,
    READY,
    WAITING,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(LosslessSession.class);

  private final SessionTable table;
  private final SessionNumbers numbers = new SessionNumbers();
  private final Received received = new Received();
  private final Unacked unacked = new Unacked();
  private final Outbox outbox;
  private final Retries retries;
  private final AtomicBoolean driveScheduled = new AtomicBoolean();
  private final Wire wireEvents = new Wire();
  private final SessionAcceptor acceptor = new SessionAcceptor(this);

  private volatile State state = State.STANDBY;
  private Dispatcher dispatcher;
  private EpollConnection wire;
  private String endReason;
  private boolean ours;
  private boolean told;
  private boolean ackScheduled;

  LosslessSession(SessionTable table, Ends ends, EpollLoop loop, Dispatcher dispatcher) {
    super(ends, loop);
    this.table = table;
    this.dispatcher = dispatcher;
    EpollMessenger messenger = table.messenger();
    PayloadChecksum checksum =
        new PayloadChecksum(messenger.pipes().sys(), messenger.pipes().meter(), loop.memory());
    this.outbox = new Outbox(checksum, this::wake, unacked);
    this.retries = new Retries(loop, this::connect);
    counters().opened.increment();
  }

  SessionNumbers numbers() {
    return numbers;
  }

  Outbox outbox() {
    return outbox;
  }

  Received received() {
    return received;
  }

  Dispatcher wireEvents() {
    return wireEvents;
  }

  @Override
  boolean isClosed() {
    return state == State.CLOSED;
  }

  SessionAcceptor acceptor() {
    return acceptor;
  }

  boolean isConnecting() {
    return state == State.CONNECTING;
  }

  /** Messages have come, or were acknowledged. */
  boolean isUsed() {
    return received.inSeq() > 0 || unacked.ackedSeq() > 0;
  }

  SessionCounters counters() {
    return table.counters();
  }

  /** Any thread: our side wants it, too; whom to tell from now on. */
  void use(Dispatcher newDispatcher) {
    onLoop(
        () -> {
          if (state == State.CLOSED) {
            newDispatcher.onClosed(this, endReason);
            return;
          }
          dispatcher = newDispatcher;
          ours = true;
          if (state == State.READY) {
            newDispatcher.onReady(this);
          } else if (state == State.STANDBY) {
            connect();
          }
        });
  }

  @Override
  void enqueue(Envelope message) {
    outbox.offer(message);
    wake();
  }

  private void wake() {
    if (driveScheduled.compareAndSet(false, true) && !onLoop(this::drive)) {
      outbox.discard();
    }
  }

  private void drive() {
    driveScheduled.set(false);
    if (state == State.CLOSED) {
      outbox.discard();
      return;
    }
    if (state == State.READY) {
      wire.flush();
    } else if (state == State.STANDBY) {
      connect();
    }
    long kept = unacked.bytes() + (state == State.READY ? 0 : outbox.queuedBytes());
    if (kept > MessengerLimits.SESSION_KEPT_MAX) {
      reset(SessionCounters.Reset.TOO_MUCH_KEPT, kept + " bytes wait for the peer");
    }
  }

  /** Makes a connection, unless one is there or on its way. */
  void connect() {
    if (state == State.STANDBY || state == State.WAITING) {
      retries.cancel();
      state = State.CONNECTING;
      numbers.beginAttempt();
      wire = table.openWire(this, ends.peer(), ends.addr());
    }
  }

  /** What we say to go on with it. */
  Reconnect reconnect(AddrVec own, long globalSeq) {
    return new Reconnect(
        own,
        numbers.clientCookie(),
        numbers.serverCookie(),
        globalSeq,
        numbers.connectSeq(),
        received.inSeq());
  }

  /** SERVER_IDENT came: a new session. */
  void acceptedByPeer(ServerIdent ident) {
    numbers.accepted(ident.cookie(), ident.globalSeq());
  }

  /** SESSION_RESET came: true when the peer wants CLIENT_IDENT for the same session. */
  boolean resetByPeer(boolean full) {
    if (full || received.inSeq() > 0 || !goOn(0)) {
      reset(SessionCounters.Reset.PEER_FORGOT, "the peer does not know it");
      return false;
    }
    numbers.beginAgain();
    return true;
  }

  /** WAIT came: the peer's connection is on its way. */
  void toldToWait() {
    counters().races.increment();
    EpollConnection mine = wire;
    wire = null;
    state = State.WAITING;
    retries.afterWait();
    mine.close("lost a race of connections");
  }

  /**
   * What the peer has not is to be sent again; false when that cannot be, and the session ended.
   */
  boolean goOn(long peerHas) {
    int again = outbox.rewind(peerHas);
    if (again < 0) {
      reset(
          SessionCounters.Reset.NOT_REPLAYABLE,
          "the peer has " + peerHas + " messages, the next cannot be sent again");
      return false;
    }
    counters().replayed.add(again);
    return true;
  }

  /** Goes on over a connection of the peer's. */
  void take(EpollConnection by) {
    retries.cancel();
    wire = by;
    by.carry(this);
    state = State.CONNECTING;
  }

  /** Whatever carried it is given up. */
  void dropWire() {
    EpollConnection old = wire;
    wire = null;
    if (old != null) {
      state = State.WAITING;
      counters().replaced.increment();
      old.close("another connection of the session takes its place");
    }
  }

  void acknowledged(long seq) {
    unacked.acked(seq);
    retries.progress();
  }

  void duplicate(long seq) {
    LOG.debug("{}: message {} came again", this, seq);
    counters().duplicates.increment();
  }

  /** What came is acknowledged with the next message, or in a moment. */
  void acknowledgeSoon() {
    if (!ackScheduled) {
      ackScheduled = true;
      loop.schedule(MessengerLimits.ACK_DELAY_NANOS, this::acknowledge);
    }
  }

  private void acknowledge() {
    ackScheduled = false;
    if (state == State.READY) {
      wire.sendAck();
    }
  }

  /** Loop only: messages may be lost; the layer above is told. */
  void reset(SessionCounters.Reset why, String reason) {
    if (state != State.CLOSED) {
      counters().reset(why);
      LOG.info("{}: reset: {}", this, reason);
      end(reason);
    }
  }

  @Override
  public void close(String reason) {
    if (loop.inLoop()) {
      end(reason);
    } else if (!onLoop(() -> end(reason))) {
      outbox.discard();
    }
  }

  private void end(String reason) {
    if (state == State.CLOSED) {
      return;
    }
    state = State.CLOSED;
    endReason = reason;
    table.ended(this, ends.addr());
    retries.cancel();
    EpollConnection last = wire;
    wire = null;
    if (last != null) {
      last.close(reason);
    }
    outbox.discard();
    tellClosed(dispatcher, reason);
  }

  private void wireReady(EpollConnection ready) {
    if (ready != wire) {
      return;
    }
    state = State.READY;
    carriedBy(ready);
    if (told) {
      counters().reconnected.increment();
      LOG.info("{}: goes on, {} messages to send again", this, outbox.againCount());
    }
    retries.connected();
    if (!told) {
      told = true;
      dispatcher.onReady(this);
    }
  }

  private void wireEnded(EpollConnection ended, String reason) {
    if (ended != wire) {
      return;
    }
    wire = null;
    boolean stuck = state == State.READY && unacked.cutInVain();
    if (stuck) {
      reset(SessionCounters.Reset.NO_PROGRESS, "cut each time before a message came: " + reason);
    } else if (reason.startsWith(Sockets.REFUSED)) {
      reset(SessionCounters.Reset.REFUSED, reason);
    } else if (retries.isHopeless()) {
      reset(SessionCounters.Reset.NO_CONNECTION, "no connection for long, at last: " + reason);
    } else if (ours || !outbox.isEmpty() || !unacked.isEmpty()) {
      LOG.debug("{}: lost its connection: {}", this, reason);
      state = State.WAITING;
      retries.afterCut(ours);
    } else {
      state = State.STANDBY;
      retries.standby(() -> end("nobody came back"));
    }
  }

  /** What the wire says, passed on as the session's. */
  private final class Wire implements Dispatcher {
    @Override
    public void onReady(Connection by) {
      wireReady((EpollConnection) by);
    }

    @Override
    public PayloadPlan plan(Connection by, MessageHead head) {
      return dispatcher.plan(LosslessSession.this, head);
    }

    @Override
    public void onMessage(Connection by, IncomingMessage message) {
      retries.progress();
      dispatcher.onMessage(LosslessSession.this, message);
    }

    @Override
    public void onClosed(Connection by, String reason) {
      wireEnded((EpollConnection) by, reason);
    }
  }

  @Override
  public long queuedBytes() {
    return outbox.queuedBytes();
  }

  @Override
  EpollConnection carrier() {
    return state == State.READY ? wire : null;
  }

  @Override
  public String toString() {
    return ends + " " + state + " " + numbers;
  }
}
