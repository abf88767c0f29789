package io.sluice.messenger;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.bufferlist.Sys;
import io.sluice.types.EntityAddr;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.event.Level;

/**
 * One socket on one event loop: readiness in, system calls out, and the life of the connection.
 *
 * <p><b>Invariants:</b> the dispatcher hears of the end once, in a task of its own after everything
 * else; the registration is cancelled before the descriptor is closed, as its number may be reused
 * at once.
 *
 * <p><b>Threads:</b> the loop's, but for what {@link Connection} allows to any. <b>Owns</b> the
 * socket, the messages to be sent and the payload being received.
 */
final class EpollConnection extends PeerConnection
    implements EpollIoHandle, ConnectionWatch.Watched {
  private enum State {
    CONNECTING,
    HANDSHAKING,
    READY,
    CLOSED
  }

  private interface IoTask {
    void run() throws IOException;
  }

  private static final Logger LOG = LoggerFactory.getLogger(EpollConnection.class);
  private static final long MEMORY_RETRY_NANOS = 5_000_000;

  private final EpollMessenger messenger;
  private final Sys sys;
  private final FrameRouter router;
  private final FrameParser parser;
  private final Sender sender;
  private final ConnectionWatch watch;
  private final Interest interest = new Interest();
  private final AtomicBoolean flushScheduled = new AtomicBoolean();

  private volatile State state = State.CONNECTING;
  private Socket socket;
  private Handshake handshake;
  private SocketReader reader;
  private boolean peerFinished;

  EpollConnection(
      EpollMessenger messenger, EpollLoop loop, Dispatcher dispatcher, EntityAddr remoteAddr) {
    super(loop, remoteAddr);
    this.messenger = messenger;
    this.sys = messenger.pipes().sys();
    this.router =
        new FrameRouter(
            this,
            dispatcher,
            messenger.faults(),
            new ReceiveContext(
                messenger.pipes(), messenger.buffers(), messenger.slots(), loop.memory()),
            remoteAddr);
    this.parser = new FrameParser(router);
    PayloadChecksum checksum = new PayloadChecksum(sys, messenger.pipes().meter(), loop.memory());
    this.sender = new Sender(new Outbox(checksum, this::scheduleFlush));
    this.watch = new ConnectionWatch(this, loop);
  }

  Handshake.Session session() {
    return router;
  }

  /** Loop only: a peer answers only what it has read. */
  void checkAllSent() {
    if (sender.queuedBytes() > 0) {
      throw new MalformedInputException("peer goes on before it has read what it was told");
    }
  }

  /** Loop only: the connection, which has nothing to send, serves a session from now on. */
  void carry(LosslessSession session) {
    sender.use(session.outbox());
    router.carry(session);
  }

  /** Loop only: another connection object of the same socket, on that loop, runs {@code then}. */
  void moveTo(EpollLoop other, AcceptHandshake handshaking, SessionTable.Step then) {
    state = State.CLOSED;
    watch.stop();
    parser.stop();
    interest.cancel();
    messenger.acceptedOn(other, socket, router.dispatcher(), remoteAddr, handshaking, then);
    messenger.ended(this);
  }

  /** Loop only: a socket that {@link #moveTo} brings. */
  void continued(Socket moved, AcceptHandshake handshaking, SessionTable.Step then) {
    if (state == State.CLOSED) { // the messenger closes
      Sockets.close(moved);
      return;
    }
    open(moved, handshaking);
    parser.continueAfterBanner();
    state = State.HANDSHAKING;
    register();
    guarded(() -> then.take(this, handshaking));
  }

  /** Loop only: an accepted socket. */
  void accepted(Socket accepted, Handshake accepting) {
    if (state == State.CLOSED) {
      Sockets.close(accepted);
      return;
    }
    open(accepted, accepting);
    connected();
    register();
  }

  /** Any thread: starts to connect. */
  void open(Handshake connecting) {
    onLoop(() -> connect(connecting));
  }

  private void connect(Handshake connecting) {
    if (state == State.CLOSED) {
      return;
    }
    try {
      open(Sockets.connecting(sys, remoteAddr.socketAddress()), connecting);
      if (socket.connect(remoteAddr.socketAddress())) {
        connected();
      }
      register();
    } catch (IOException | RuntimeException e) {
      end(Sockets.connectFailure(e, remoteAddr));
    }
  }

  private void open(Socket opened, Handshake theHandshake) {
    socket = opened;
    handshake = theHandshake;
    router.use(theHandshake);
    reader = new SocketReader(sys, loop.memory(), socket.intValue(), parser, this::reading);
    sender.use(new SocketWriter(sys, messenger.pipes().meter(), loop.memory(), socket.intValue()));
    watch.start();
  }

  private void register() {
    if (state == State.CLOSED) {
      return;
    }
    loop.events()
        .register(this)
        .addListener(
            done -> {
              if (done.isSuccess()) {
                interest.use((IoRegistration) done.getNow());
                rearm();
              } else {
                end("cannot be polled: " + done.cause());
              }
            });
  }

  private void connected() {
    if (Sockets.isSelfConnected(socket)) {
      end(Sockets.refused(remoteAddr) + " (the kernel connected the socket to itself)");
      return;
    }
    Sockets.setNoDelay(sys, socket);
    state = State.HANDSHAKING;
    handshake.start();
  }

  @Override
  public FileDescriptor fd() {
    return socket;
  }

  @Override
  public void handle(IoRegistration registration, IoEvent event) {
    if (state == State.CLOSED) {
      return;
    }
    int events = ((EpollIoEvent) event).ops().value();
    guarded(state == State.CONNECTING ? this::finishConnect : () -> ready(events));
  }

  /** What a peer, the world or a dispatcher does wrong ends this connection and nothing else. */
  private void guarded(IoTask task) {
    try {
      task.run();
      rearm();
    } catch (MalformedInputException e) {
      end("malformed: " + e.getMessage());
    } catch (IOException e) {
      end(e.getMessage());
    } catch (RuntimeException e) {
      LOG.error("{}: closed after an internal error", this, e);
      end("internal error: " + e);
    }
  }

  private void finishConnect() {
    String failure = Sockets.connectFailure(sys, socket, remoteAddr);
    if (failure == null) {
      connected();
    } else {
      end(failure);
    }
  }

  private void ready(int events) throws IOException {
    if ((events & Interest.RDHUP) != 0) {
      peerFinished = true;
    }
    if ((events & Interest.OUT) != 0) {
      sender.unblocked();
      write();
    }
    if (reading()) {
      read();
    } else if ((events & (Interest.ERR | Interest.HUP)) != 0) {
      end("connection reset");
    }
  }

  /** False when the connection is not to be read from now. */
  private boolean reading() {
    return state != State.CLOSED && !isHeld() && !sender.isBacklogged();
  }

  private void read() throws IOException {
    switch (reader.read()) {
      case END_OF_STREAM -> {
        String where = parser.betweenFrames() ? "" : " in the middle of " + parser;
        end("peer closed the connection" + where, where.isEmpty() ? Level.DEBUG : Level.INFO);
      }
      case NO_MEMORY -> rest(MEMORY_RETRY_NANOS);
      default -> {
        // More will be reported by epoll, which is level-triggered.
      }
    }
  }

  private void write() throws IOException {
    sender.write(state == State.READY ? router : null);
  }

  /** Loop only: sends what there is. */
  void flush() {
    flushScheduled.set(false);
    if (state == State.CLOSED) {
      sender.discard();
    } else if (state != State.CONNECTING) {
      guarded(this::write);
    }
  }

  private void scheduleFlush() {
    if (flushScheduled.compareAndSet(false, true) && !onLoop(this::flush)) {
      sender.discard();
    }
  }

  @Override
  void rearm() {
    if (state == State.CLOSED) {
      return;
    }
    int events = peerFinished ? 0 : Interest.RDHUP;
    if (state == State.CONNECTING) {
      events = Interest.OUT;
    } else {
      events |= (reading() ? Interest.IN : 0) | (sender.blocked() ? Interest.OUT : 0);
    }
    interest.arm(events);
  }

  /** Loop only: acknowledges what the session has received. */
  void sendAck() {
    router.sendAck();
  }

  /** Loop only: a frame that is no message. */
  void sendFrame(byte[] frame) {
    sender.addFrame(frame);
    scheduleFlush();
  }

  /** Loop only: the handshake is done. */
  void ready(RemotePeer peer, boolean peerIsOurs) {
    identified(peer, peerIsOurs, messenger.isAligned(socket, peerIsOurs));
    if (isClient()) {
      sender.use(messenger.backlog().part());
    }
    if (aligned()) {
      sender.use(new Cork(sys, socket.intValue()));
    }
    state = State.READY;
    watch.ready(router.keepalive(), router::sendKeepalive);
    LOG.debug("{}: ready, {}", this, aligned() ? "aligned" : "not aligned");
    scheduleFlush();
  }

  @Override
  public void handshakeTimedOut() {
    end(
        state == State.CONNECTING
            ? "connect to " + remoteAddr + ": no answer"
            : "handshake not done in time, came as far as " + router.progress());
  }

  /** The loop shuts down. */
  @Override
  public void close() {
    end("messenger closed", Level.DEBUG);
  }

  /** Who asked for a connection that nobody takes hears why, and knows whether it matters. */
  private void end(String reason) {
    end(reason, state == State.CONNECTING ? Level.DEBUG : Level.INFO);
  }

  @Override
  void end(String reason, Level level) {
    if (state == State.CLOSED) {
      return;
    }
    boolean lastWords = router.session() == null || router.session().isClosed();
    if (state == State.READY && !sender.full() && lastWords) {
      try {
        write(); // what was sent before the close still goes out, if it can
      } catch (IOException e) {
        LOG.debug("{}: last words lost", this, e);
      }
    }
    State before = state;
    state = State.CLOSED;
    watch.stop();
    parser.stop();
    sender.discard();
    interest.cancel();
    if (socket != null) {
      Sockets.close(socket);
    }
    messenger.ended(this);
    String stage = before == State.READY ? "" : " before it was ready";
    LOG.atLevel(level).log("{}: closed{}: {}", this, stage, reason);
    tellClosed(router.dispatcher(), reason);
  }

  @Override
  boolean isClosed() {
    return state == State.CLOSED;
  }

  @Override
  void enqueue(Envelope message) {
    sender.offer(message);
    scheduleFlush();
  }

  @Override
  public long receivedBytes() {
    return reader.received();
  }

  @Override
  public long sentBytes() {
    return sender.sentBytes();
  }

  @Override
  public long inTheWay() {
    rearm(); // there may be room again, by what others have taken
    return sender.inTheWay();
  }

  @Override
  public long queuedBytes() {
    return sender.queuedBytes();
  }

  @Override
  public String toString() {
    return messenger + " - " + super.toString();
  }
}
