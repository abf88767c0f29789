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
import java.util.concurrent.RejectedExecutionException;
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
final class EpollConnection extends PeerConnection implements EpollIoHandle {
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
  private static final int PAGE = 4096;

  private final EpollMessenger messenger;
  private final Dispatcher dispatcher;
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
  private boolean paused;
  private boolean resting;
  private boolean peerFinished;

  EpollConnection(
      EpollMessenger messenger, EpollLoop loop, Dispatcher dispatcher, EntityAddr remoteAddr) {
    super(loop, remoteAddr);
    this.messenger = messenger;
    this.dispatcher = dispatcher;
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
    this.watch = new ConnectionWatch(this, sender, loop);
  }

  Handshake.Session session() {
    return router;
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
    try {
      loop.execute(() -> connect(connecting));
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: messenger closed", this, e);
    }
  }

  private void connect(Handshake connecting) {
    if (state == State.CLOSED) {
      return;
    }
    try {
      open(Sockets.open(sys, remoteAddr.socketAddress()), connecting);
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
    // A client that takes no answers gets no more questions in.
    boolean backlogged = isClient() && sender.queuedBytes() > MessengerLimits.CLIENT_QUEUE_MAX;
    return state != State.CLOSED && !paused && !resting && !backlogged;
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

  void rest(long nanos) {
    resting = true;
    loop.schedule(
        nanos,
        () -> {
          resting = false;
          rearm();
        });
  }

  private void write() throws IOException {
    sender.write(state == State.READY ? router : null);
  }

  private void flush() {
    flushScheduled.set(false);
    if (state == State.CLOSED) {
      sender.discard();
    } else if (state != State.CONNECTING) {
      guarded(this::write);
    }
  }

  private void scheduleFlush() {
    if (flushScheduled.compareAndSet(false, true)) {
      try {
        loop.execute(this::flush);
      } catch (RejectedExecutionException e) {
        LOG.debug("{}: messenger closed", this, e);
        sender.discard();
      }
    }
  }

  private void rearm() {
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

  /** Loop only: a frame that is no message. */
  void sendFrame(byte[] frame) {
    sender.addFrame(frame);
    scheduleFlush();
  }

  /** Loop only: the handshake is done. */
  void ready(RemotePeer peer, boolean peerIsOurs) {
    int mss = sys.sendMss(socket.intValue());
    boolean aligned = peerIsOurs && mss > 0 && mss % PAGE == 0;
    identified(peer, peerIsOurs, aligned);
    messenger.countAlignment(aligned);
    state = State.READY;
    watch.ready();
    LOG.debug(
        "{}: ready, segments of {} bytes, {}", this, mss, aligned ? "aligned" : "not aligned");
    scheduleFlush();
  }

  void handshakeTimedOut() {
    end(
        state == State.CONNECTING
            ? "connect to " + remoteAddr + ": no answer"
            : "handshake not done in time, came as far as " + router.progress());
  }

  @Override
  public void close(String reason) {
    if (loop.inLoop()) {
      end(reason, Level.DEBUG);
      return;
    }
    try {
      loop.execute(() -> end(reason, Level.DEBUG));
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: messenger closed", this, e);
    }
  }

  /** The loop shuts down. */
  @Override
  public void close() {
    end("messenger closed", Level.DEBUG);
  }

  private void end(String reason) {
    end(reason, Level.INFO);
  }

  private void end(String reason, Level level) {
    if (state == State.CLOSED) {
      return;
    }
    if (state == State.READY && !sender.blocked()) {
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
    try {
      loop.execute(() -> dispatcher.onClosed(this, reason));
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: messenger closed", this, e);
      dispatcher.onClosed(this, reason);
    }
  }

  @Override
  public void send(Envelope message) {
    try {
      Outbox.checkSendable(message);
    } catch (IllegalArgumentException e) {
      message.close();
      throw e;
    }
    if (state == State.CLOSED) {
      message.close();
      return;
    }
    sender.offer(message);
    scheduleFlush();
  }

  @Override
  public void pauseReading() {
    paused = true;
    rearm();
  }

  @Override
  public void resumeReading() {
    paused = false;
    rearm();
  }

  long receivedBytes() {
    return reader.received();
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
