package io.sluice.messenger;

import io.sluice.types.AddrVec;

/**
 * What a lossless session does with connections that its peer makes: takes them, or says what the
 * peer is to do instead.
 *
 * <p><b>Threads:</b> the session's loop.
 */
final class SessionAcceptor {
  private final LosslessSession session;

  SessionAcceptor(LosslessSession session) {
    this.session = session;
  }

  /** CLIENT_IDENT. False when this session has ended, and another is to take the connection. */
  boolean onIdent(EpollConnection by, AcceptHandshake handshake, ClientIdent ident) {
    if (session.isClosed()) {
      return false;
    }
    boolean lower = session.ends.peerIsLower();
    switch (session.numbers().onIdent(ident, session.isConnecting(), session.isUsed(), lower)) {
      case STALE -> {
        session.counters().late.increment();
        by.close("a later connection of the peer's has been here");
      }
      case PEER_FORGOT -> {
        session.reset(SessionCounters.Reset.PEER_FORGOT, "the peer begins another");
        return false;
      }
      case OURS_WINS -> oursWins(handshake);
      default -> {
        session.dropWire();
        if (!session.goOn(0)) {
          return false;
        }
        session.take(by);
        handshake.accept(remote(ident.addrs()), session.numbers().accept(ident));
      }
    }
    return true;
  }

  /** SESSION_RECONNECT. */
  void onReconnect(EpollConnection by, AcceptHandshake handshake, Reconnect reconnect) {
    if (session.isClosed()) {
      handshake.sendReset(true);
      return;
    }
    SessionNumbers numbers = session.numbers();
    switch (numbers.onReconnect(reconnect, session.ends.peerIsLower())) {
      case WE_FORGOT -> handshake.sendReset(true);
      case BEGIN_AGAIN -> handshake.sendReset(false);
      case RETRY -> {
        session.counters().late.increment();
        handshake.sendRetry(numbers.connectSeq());
      }
      case RETRY_GLOBAL -> {
        session.counters().late.increment();
        handshake.sendRetryGlobal(numbers.peerGlobalSeq());
      }
      case OURS_WINS -> oursWins(handshake);
      default -> {
        session.dropWire();
        if (session.goOn(reconnect.msgSeq())) {
          session.take(by);
          numbers.resume(reconnect);
          handshake.resume(remote(reconnect.addrs()), session.received().inSeq());
        } else {
          handshake.sendReset(true);
        }
      }
    }
  }

  private RemotePeer remote(AddrVec addrs) {
    return new RemotePeer(session.peerName(), addrs);
  }

  private void oursWins(AcceptHandshake handshake) {
    session.counters().races.increment();
    handshake.sendWait();
    session.connect();
  }
}
