package io.sluice.messenger;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The lossless sessions of a messenger, one for each peer's address (with its nonce), whoever of
 * the two connected.
 *
 * <p><b>Threads:</b> any.
 */
final class SessionTable {
  /** What comes next with an accepted connection, on the loop of its session. */
  interface Step {
    void take(EpollConnection connection, AcceptHandshake handshake);
  }

  private static final String CLOSED = "messenger closed";

  private final EpollMessenger messenger;
  private final LocalPeer self;
  private final SessionCounters counters = new SessionCounters();
  private final Map<EntityAddr, LosslessSession> sessions = new ConcurrentHashMap<>();

  private volatile boolean closed;

  SessionTable(EpollMessenger messenger, LocalPeer self) {
    this.messenger = messenger;
    this.self = self;
  }

  SessionCounters counters() {
    return counters;
  }

  /** The session with that peer, which is opened if there is none. */
  LosslessSession connect(EntityName peer, EntityAddr addr, Dispatcher dispatcher, EpollLoop loop) {
    LosslessSession session = live(peer, addr, dispatcher, loop);
    session.use(dispatcher);
    if (closed) {
      session.close(CLOSED);
    }
    return session;
  }

  private LosslessSession live(
      EntityName peer, EntityAddr addr, Dispatcher dispatcher, EpollLoop loop) {
    return sessions.compute(
        addr,
        (a, present) ->
            present == null || present.isClosed()
                ? new LosslessSession(this, new SessionFace.Ends(self, peer, a), loop, dispatcher)
                : present);
  }

  EpollConnection openWire(LosslessSession session, EntityName peer, EntityAddr addr) {
    return messenger.connect(session, peer, addr);
  }

  EpollMessenger messenger() {
    return messenger;
  }

  void ended(LosslessSession session, EntityAddr addr) {
    sessions.remove(addr, session);
  }

  void close() {
    closed = true;
    sessions.values().forEach(session -> session.close(CLOSED));
  }

  Accepted accepting(EpollConnection connection, Dispatcher dispatcher) {
    return new Accepted(connection, dispatcher);
  }

  /** An accepted connection whose peer wants a lossless session. Connection's loop. */
  final class Accepted {
    private final EpollConnection connection;
    private final Dispatcher dispatcher;

    private Accepted(EpollConnection connection, Dispatcher dispatcher) {
      this.connection = connection;
      this.dispatcher = dispatcher;
    }

    /** CLIENT_IDENT. */
    void onIdent(AcceptHandshake handshake, EntityName peer, ClientIdent ident) {
      EntityAddr addr = ident.addrs().msgr2();
      if (addr.isBlank() || addr.port() == 0 || ident.cookie() == 0) {
        throw new MalformedInputException(
            peer + " at " + addr + " wants a lossless session with cookie " + ident.cookie());
      }
      connection.checkAllSent();
      LosslessSession session = live(peer, addr, dispatcher, connection.loop);
      on(
          session,
          handshake,
          (by, further) -> {
            if (!session.acceptor().onIdent(by, further, ident)) {
              accepting(by, dispatcher).onIdent(further, peer, ident); // it has just ended
            }
          });
    }

    /** SESSION_RECONNECT. */
    void onReconnect(AcceptHandshake handshake, Reconnect reconnect) {
      connection.checkAllSent();
      LosslessSession session = sessions.get(reconnect.addrs().msgr2());
      if (session == null || session.isClosed()) {
        handshake.sendReset(true);
        return;
      }
      on(
          session,
          handshake,
          (by, further) -> session.acceptor().onReconnect(by, further, reconnect));
    }

    private void on(LosslessSession session, AcceptHandshake handshake, Step step) {
      if (session.loop() == connection.loop) {
        step.take(connection, handshake);
      } else {
        connection.moveTo(session.loop(), handshake, step);
      }
    }
  }
}
