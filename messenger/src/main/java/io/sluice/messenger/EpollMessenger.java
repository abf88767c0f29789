package io.sluice.messenger;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollIoHandler;
import io.netty.channel.unix.Socket;
import io.netty.util.concurrent.EventExecutor;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.PipePool;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.util.Arrays;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The messenger of daemons and clients: msgr 2.1 over epoll.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> its event loops, its receive memory, listeners and
 * connections; the pipe pool is the daemon's.
 */
public final class EpollMessenger implements Messenger {
  /** The kind of owner that connections are in the copy meter. */
  private static final String OWNER = "conn";

  private static final Logger LOG = LoggerFactory.getLogger(EpollMessenger.class);

  /**
   * Payload in memory that was received and not yet released; a quarter of the heap's bound, which
   * bounds direct memory too.
   */
  private static final long RECEIVE_MEMORY_MAX = 256L << 20;

  private static final long SHUTDOWN_SECONDS = 10;

  private final MessengerConfig config;
  private final LocalPeer self;
  private final DirectBuffers buffers =
      new DirectBuffers(Math.min(RECEIVE_MEMORY_MAX, Runtime.getRuntime().maxMemory() / 4));
  private final Backlog backlog = new Backlog();
  private final ReceiveSlots slots;
  private final Faults faults;
  private final MultiThreadIoEventLoopGroup group;
  private final EpollLoop[] loops;
  private final EpollLoop dedicated;
  private final SessionTable sessions;
  private final AtomicInteger nextLoop = new AtomicInteger();
  private final Set<EpollConnection> connections = ConcurrentHashMap.newKeySet();
  private final Set<EpollListener> listeners = ConcurrentHashMap.newKeySet();
  private final AtomicBoolean unalignedLogged = new AtomicBoolean();
  private volatile boolean closed;

  public EpollMessenger(MessengerConfig config) {
    this(config, Faults.parse(System.getenv(Faults.VARIABLE)));
  }

  EpollMessenger(MessengerConfig config, Faults faults) {
    if (config.loops() < 1) {
      throw new IllegalArgumentException("loops " + config.loops());
    }
    this.config = config;
    this.faults = faults;
    this.slots = new ReceiveSlots(config.sys(), pipes().meter());
    pipes().meter().gauge("slots_in_use", slots::inUse);
    pipes().meter().gauge("slots_pooled", slots::pooled);
    this.self = new LocalPeer(config.self(), config.nonce(), config.globalIds());
    this.sessions = new SessionTable(this, self);
    this.group =
        new MultiThreadIoEventLoopGroup(
            config.loops() + 1, threads(config.self()), EpollIoHandler.newFactory());
    EpollLoop[] all = new EpollLoop[config.loops() + 1];
    int count = 0;
    for (EventExecutor each : group) {
      all[count++] = new EpollLoop((IoEventLoop) each, config.pipes());
    }
    this.dedicated = all[config.loops()];
    this.loops = Arrays.copyOf(all, config.loops());
  }

  /** Daemon threads: a process ends when its own threads do. */
  private static ThreadFactory threads(EntityName self) {
    AtomicInteger number = new AtomicInteger();
    return task -> {
      Thread thread = new Thread(task, "msgr-" + self + "-" + number.getAndIncrement());
      thread.setDaemon(true);
      return thread;
    };
  }

  @Override
  public EntityAddr listen(EntityAddr addr, Dispatcher dispatcher) throws IOException {
    checkOpen();
    InetSocketAddress address = addr.socketAddress();
    EpollListener listener =
        EpollListener.bind(
            loops[0],
            Sockets.listening(config.sys(), address),
            addr.withNonce(config.nonce()),
            socket -> accepted(socket, dispatcher));
    self.listening(listener.addr());
    listeners.add(listener);
    listener.start();
    return listener.addr();
  }

  private void accepted(Socket socket, Dispatcher dispatcher) {
    InetSocketAddress remote = socket.remoteAddress();
    if (remote == null || closed || connections.size() >= MessengerLimits.CONNECTIONS_MAX) {
      LOG.warn("{}: connection from {} refused: {} are open", this, remote, connections.size());
      Sockets.close(socket);
      return;
    }
    EntityAddr remoteAddr =
        EntityAddr.msgr2(Sockets.literal(remote.getAddress()), remote.getPort(), 0);
    EpollLoop loop = next();
    EpollConnection connection = new EpollConnection(this, loop, dispatcher, remoteAddr);
    begin(connection, socket, () -> connection.accepted(socket, handshake(connection, dispatcher)));
  }

  /** Known first, then closed or begun: {@link #close} may be at it on another thread. */
  private void begin(EpollConnection connection, Socket socket, Runnable onItsLoop) {
    connections.add(connection);
    try {
      if (!closed) {
        connection.loop.execute(onItsLoop);
        return;
      }
    } catch (RejectedExecutionException e) {
      LOG.debug("{}: closed while accepting", this, e);
    }
    connections.remove(connection);
    Sockets.close(socket);
  }

  private AcceptHandshake handshake(EpollConnection connection, Dispatcher dispatcher) {
    return new AcceptHandshake(
        self, connection.session(), sessions.accepting(connection, dispatcher));
  }

  /** A socket of one loop goes on on another. */
  void acceptedOn(
      EpollLoop loop,
      Socket socket,
      Dispatcher dispatcher,
      EntityAddr remoteAddr,
      AcceptHandshake earlier,
      SessionTable.Step then) {
    EpollConnection connection = new EpollConnection(this, loop, dispatcher, remoteAddr);
    AcceptHandshake further =
        new AcceptHandshake(
            earlier, connection.session(), sessions.accepting(connection, dispatcher));
    begin(connection, socket, () -> connection.continued(socket, further, then));
  }

  /** Starts to connect for a lossless session. The session's loop. */
  EpollConnection connect(LosslessSession session, EntityName peer, EntityAddr target) {
    EpollConnection connection =
        new EpollConnection(this, session.loop(), session.wireEvents(), target);
    connections.add(connection);
    connection.carry(session);
    if (closed) {
      connection.close("messenger closed");
      return connection;
    }
    if (faults.doublesConnect()) {
      EpollConnection twin = twin(target);
      twin.open(new TwinHandshake(self, twin, session, faults.twinLateNanos()));
      session.numbers().beginAttempt(); // the next one
    }
    connection.open(new ConnectHandshake(self, connection.session(), peer, target, session));
    return connection;
  }

  @Override
  public Connection connect(EntityName peer, AddrVec addrs, Dispatcher dispatcher, Loop loop) {
    EntityAddr target = addrs.msgr2();
    EpollLoop home = loop == null ? next() : (EpollLoop) loop;
    if (!closed && !target.isBlank() && SessionPolicy.connecting(self, peer, target).isLossless()) {
      return sessions.connect(peer, target, dispatcher, home);
    }
    EpollConnection connection = new EpollConnection(this, home, dispatcher, target);
    connections.add(connection);
    if (closed) {
      connection.close("messenger closed");
    } else if (target.isBlank()) {
      connection.close("no msgr2 address for " + peer + " among " + addrs);
    } else {
      connection.open(new ConnectHandshake(self, connection.session(), peer, target));
      if (faults.doublesConnect()) {
        EpollConnection twin = twin(target);
        twin.open(new ConnectHandshake(self, twin.session(), peer, target));
      }
    }
    return connection;
  }

  private EpollConnection twin(EntityAddr target) {
    EpollConnection twin = new EpollConnection(this, next(), Faults.SHORT_LIVED, target);
    connections.add(twin);
    return twin;
  }

  private EpollLoop next() {
    return loops[Math.floorMod(nextLoop.getAndIncrement(), loops.length)];
  }

  void ended(EpollConnection connection) {
    connections.remove(connection);
    if (connection.isIdentified()) {
      pipes().meter().releaseOwner(OWNER, connection.peerName().toString());
    }
  }

  /** Who counts what a connection with that peer does, until {@link #ended}. */
  static CopyMeter acquirePayer(PipePool pipes, EntityName peer) {
    return pipes.meter().acquireOwner(OWNER, peer.toString());
  }

  /** Whether payload of that peer comes in whole pages; counted. */
  boolean isAligned(Socket socket, boolean peerIsOurs) {
    int mss = config.sys().sendMss(socket.intValue());
    boolean aligned = peerIsOurs && SegmentSize.isWholePages(mss);
    (aligned ? pipes().meter().alignedConnections : pipes().meter().unalignedConnections)
        .increment();
    if (!aligned && unalignedLogged.compareAndSet(false, true)) {
      LOG.info(
          "{}: a connection is not page-aligned (segments of {}): its payload is received into memory (said once; see the counters)",
          this,
          mss);
    }
    return aligned;
  }

  PipePool pipes() {
    return config.pipes();
  }

  Faults faults() {
    return faults;
  }

  @Override
  public void inject(InjectedFaults wanted) {
    faults.inject(wanted);
  }

  @Override
  public Map<String, Object> counters() {
    return sessions.counters().snapshot();
  }

  DirectBuffers buffers() {
    return buffers;
  }

  /** Of its clients. */
  Backlog backlog() {
    return backlog;
  }

  ReceiveSlots slots() {
    return slots;
  }

  /** Peers are told that we listen there: who is in between passes their connections on. */
  void announce(EntityAddr addr) {
    self.listening(addr);
  }

  @Override
  public AddrVec myAddrs() {
    return self.addrs();
  }

  @Override
  public long globalId() {
    return self.globalId();
  }

  @Override
  public Loop loop(int index) {
    return loops[Math.floorMod(index, loops.length)];
  }

  @Override
  public Loop dedicatedLoop() {
    return dedicated;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("messenger used after close");
    }
  }

  /**
   * Ends all connections, whose dispatchers hear of it, and the loops. Waits for them unless called
   * on one.
   */
  @Override
  public void stopListening() {
    for (EpollListener listener : listeners) {
      loops[0].execute(listener::close);
    }
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    stopListening();
    sessions.close();
    for (EpollConnection connection : connections) {
      connection.close("messenger closed");
    }
    loopsAndDedicated().forEach(loop -> loop.execute(loop.memory()::close));
    group.shutdownGracefully(0, SHUTDOWN_SECONDS, TimeUnit.SECONDS);
    if (loopsAndDedicated().noneMatch(EpollLoop::inLoop)) {
      awaitLoops();
    }
    buffers.close();
    slots.close();
  }

  private Stream<EpollLoop> loopsAndDedicated() {
    return Stream.concat(Stream.of(loops), Stream.of(dedicated));
  }

  private void awaitLoops() {
    try {
      if (!group.awaitTermination(SHUTDOWN_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("{}: event loops still run after {} s", this, SHUTDOWN_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public String toString() {
    return config.self().toString();
  }
}
