package io.sluice.messenger;

import io.netty.channel.IoEvent;
import io.netty.channel.IoRegistration;
import io.netty.channel.epoll.EpollIoEvent;
import io.netty.channel.epoll.EpollIoHandle;
import io.netty.channel.unix.FileDescriptor;
import io.netty.channel.unix.Socket;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.bufferlist.Resources;
import io.sluice.bufferlist.Sys;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.Loop;
import java.io.IOException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One socket on one event loop: readiness in, system calls out, and the life of the connection.
 *
 * <p><b>Invariants:</b> the dispatcher hears of the end once, in a task of its own after everything else; the
 * registration is cancelled before the descriptor is closed, as its number may be reused at once.
 *
 * <p><b>Threads:</b> the loop's, but for what {@link Connection} allows to any. <b>Owns</b> the socket, the
 * messages to be sent and the payload being received.
 */
final class EpollConnection implements Connection, EpollIoHandle {
  private enum State {
    CONNECTING,
    HANDSHAKING,
    READY,
    CLOSED
  }

  private static final Logger LOG = LoggerFactory.getLogger(EpollConnection.class);
  private static final int SOL_SOCKET = 1;
  private static final int SO_ERROR = 4;
  private static final int ECONNREFUSED = 111;
  private static final long MEMORY_RETRY_NANOS = 5_000_000;
  private static final int PAGE = 4096;

  private final EpollMessenger messenger;
  private final EpollLoop loop;
  private final Dispatcher dispatcher;
  private final EntityAddr remoteAddr;
  private final Sys sys;
  private final FrameRouter router;
  private final FrameParser parser;
  private final Outbox outbox;
  private final ConnectionWatch watch;
  private final Interest interest = new Interest();
  private final AtomicBoolean flushScheduled = new AtomicBoolean();

  private volatile State state = State.CONNECTING;
  private volatile RemotePeer peer = new RemotePeer(new EntityName(0, 0), AddrVec.EMPTY);
  private volatile boolean aligned;
  private volatile boolean checksumVectors;
  private Socket socket;
  private Handshake handshake;
  private SocketReader reader;
  private SocketWriter writer;
  private long sentBytes;
  private boolean sendBlocked;
  private boolean paused;
  private boolean awaitsMemory;
  private boolean peerFinished;
  private Object attachment;

  EpollConnection(EpollMessenger messenger, EpollLoop loop, Dispatcher dispatcher, EntityAddr remoteAddr) {
    this.messenger = messenger;
    this.loop = loop;
    this.dispatcher = dispatcher;
    this.remoteAddr = remoteAddr;
    this.sys = messenger.pipes().sys();
    this.router =
        new FrameRouter(
            this, dispatcher, new ReceiveContext(messenger.pipes(), messenger.buffers(), loop.memory()), remoteAddr);
    this.parser = new FrameParser(router);
    this.outbox = new Outbox(new PayloadChecksum(sys, messenger.pipes().meter(), loop.memory()));
    this.watch = new ConnectionWatch(this, loop);
  }

  Handshake.Session session() {
    return router;
  }

  /** Loop only: an accepted socket. */
  void accepted(Socket accepted, Handshake accepting) {
    open(accepted, accepting);
    connected();
    register();
  }

  /** Loop only: opens a socket and starts to connect. */
  void connect(Handshake connecting) {
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
      end(Sockets.isRefused(e) ? refused() : "connect to " + remoteAddr + ": " + e.getMessage());
    }
  }

  private String refused() {
    return "refused: nobody listens on " + remoteAddr;
  }

  private void open(Socket opened, Handshake theHandshake) {
    socket = opened;
    Resources.opened(Resources.Kind.FD);
    handshake = theHandshake;
    router.use(theHandshake);
    reader = new SocketReader(sys, loop.memory(), socket.intValue(), parser, this::reading);
    writer = new SocketWriter(sys, messenger.pipes().meter(), loop.memory(), socket.intValue());
    watch.start();
  }

  private void register() {
    loop.events().register(this).addListener(done -> {
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
      end(refused() + " (the kernel connected the socket to itself)");
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
    try {
      int events = ((EpollIoEvent) event).ops().value();
      if (state == State.CONNECTING) {
        finishConnect();
      } else {
        ready(events);
      }
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
    int[] error = new int[1];
    int status = sys.getsockopt(socket.intValue(), SOL_SOCKET, SO_ERROR, error);
    int errno = status < 0 ? -status : error[0];
    if (errno == 0) {
      connected();
    } else {
      end(errno == ECONNREFUSED ? refused() : "connect to " + remoteAddr + ": " + sys.describe(errno));
    }
  }

  private void ready(int events) throws IOException {
    if ((events & Interest.RDHUP) != 0) {
      peerFinished = true;
    }
    if ((events & Interest.OUT) != 0) {
      sendBlocked = false;
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
    return state != State.CLOSED && !paused && !awaitsMemory && !backlogged();
  }

  /** A client that takes no answers gets no more questions in. */
  private boolean backlogged() {
    return peer.name().type() == EntityName.CLIENT && outbox.queuedBytes() > MessengerLimits.CLIENT_QUEUE_MAX;
  }

  private void read() throws IOException {
    switch (reader.read()) {
      case END_OF_STREAM -> end("peer closed the connection" + (parser.betweenFrames() ? "" : " in the middle of " + parser));
      case NO_MEMORY -> {
        awaitsMemory = true;
        loop.schedule(MEMORY_RETRY_NANOS, () -> {
          awaitsMemory = false;
          rearm();
        });
      }
      default -> {
        // More will be reported by epoll, which is level-triggered.
      }
    }
  }

  private void write() throws IOException {
    long budget = MessengerLimits.WAKEUP_BUDGET;
    while (!sendBlocked) {
      if (state == State.READY) {
        outbox.layOut(router);
      }
      if (outbox.parts().isEmpty()) {
        return;
      }
      long count = budget > 0 ? writer.write(outbox.parts()) : -Sys.EAGAIN;
      if (count > 0) {
        outbox.sent(count);
        sentBytes += count;
        budget -= count;
      } else {
        sendBlocked = true; // EPOLLOUT says when to go on
      }
    }
  }

  private void flush() {
    flushScheduled.set(false);
    if (state == State.CLOSED) {
      outbox.discard();
    } else if (state != State.CONNECTING) {
      try {
        write();
        rearm();
      } catch (IOException e) {
        end(e.getMessage());
      }
    }
  }

  private void scheduleFlush() {
    if (flushScheduled.compareAndSet(false, true)) {
      try {
        loop.execute(this::flush);
      } catch (RejectedExecutionException e) {
        LOG.debug("{}: messenger closed", this, e);
        outbox.discard();
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
      events |= (reading() ? Interest.IN : 0) | (sendBlocked ? Interest.OUT : 0);
    }
    interest.arm(events);
  }

  /** Loop only: a frame that is no message. */
  void sendFrame(byte[] frame) {
    outbox.addFrame(frame);
    scheduleFlush();
  }

  /** Loop only: the handshake is done. */
  void ready(RemotePeer thePeer, boolean peerIsOurs) {
    int mss = sys.sendMss(socket.intValue());
    peer = thePeer;
    checksumVectors = peerIsOurs;
    aligned = peerIsOurs && mss > 0 && mss % PAGE == 0;
    messenger.countAlignment(aligned);
    state = State.READY;
    watch.ready();
    LOG.debug("{}: ready, segments of {} bytes, {}", this, mss, aligned ? "aligned" : "not aligned");
    scheduleFlush();
  }

  void handshakeTimedOut() {
    end(state == State.CONNECTING ? "connect to " + remoteAddr + ": no answer" : "handshake not done in time, came as far as " + router.progress());
  }

  @Override
  public void close(String reason) {
    if (loop.inLoop()) {
      end(reason);
      return;
    }
    try {
      loop.execute(() -> end(reason));
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: messenger closed", this, e);
    }
  }

  /** The loop shuts down. */
  @Override
  public void close() {
    end("messenger closed");
  }

  private void end(String reason) {
    if (state == State.CLOSED) {
      return;
    }
    if (state == State.READY && !sendBlocked) {
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
    outbox.discard();
    interest.cancel();
    if (socket != null) {
      Sockets.close(socket);
    }
    messenger.ended(this);
    LOG.info("{}: closed{}: {}", this, before == State.READY ? "" : " before it was ready", reason);
    loop.execute(() -> dispatcher.onClosed(this, reason));
  }

  @Override
  public void send(Envelope message) {
    try {
      PayloadChecksum.checkComputable(message);
    } catch (IllegalArgumentException e) {
      message.close();
      throw e;
    }
    if (state == State.CLOSED) {
      message.close();
      return;
    }
    outbox.offer(message);
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

  long sentBytes() {
    return sentBytes;
  }

  long receivedBytes() {
    return reader.received();
  }

  @Override
  public long queuedBytes() {
    return outbox.queuedBytes();
  }

  @Override
  public EntityName peerName() {
    return peer.name();
  }

  @Override
  public AddrVec peerAddrs() {
    return peer.addrs();
  }

  @Override
  public String remote() {
    return remoteAddr.toString();
  }

  @Override
  public Loop loop() {
    return loop;
  }

  @Override
  public boolean aligned() {
    return aligned;
  }

  @Override
  public boolean checksumVectors() {
    return checksumVectors;
  }

  @Override
  public <T> T attachment(Class<T> type) {
    return type.cast(attachment);
  }

  @Override
  public void attach(Object theAttachment) {
    attachment = theAttachment;
  }

  @Override
  public String toString() {
    return messenger + " - " + (peer.name().type() == 0 ? "" : peer.name() + " ") + remoteAddr;
  }
}
