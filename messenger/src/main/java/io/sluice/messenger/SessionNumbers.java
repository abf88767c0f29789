package io.sluice.messenger;

import java.util.concurrent.ThreadLocalRandom;

/**
 * The cookies and counters that tell one session, and one attempt to connect it, from another; and
 * what they say of a connection that comes in. (ceph: ProtocolV2, handle_existing_connection and
 * handle_reconnect)
 *
 * <pre>
 * client_cookie  chosen by who connected first          server_cookie  chosen by who accepted; 0 before
 * connect_seq    attempts to go on with this session    global_seq     attempts of a daemon, to anybody
 * </pre>
 *
 * <p><b>Threads:</b> the session's loop.
 */
final class SessionNumbers {
  /** What to do with a connection that comes in for a session. */
  enum Verdict {
    /** The session goes on over it. */
    TAKE,
    /** Our own attempt goes on instead: WAIT. */
    OURS_WINS,
    /** Late, its successor has been here: close it. */
    STALE,
    /** The peer has forgotten the session: ours ends, another begins. */
    PEER_FORGOT,
    /** We have forgotten it: SESSION_RESET, full. */
    WE_FORGOT,
    /** The peer accepted and its answer did not arrive: SESSION_RESET, not full. */
    BEGIN_AGAIN,
    /** SESSION_RETRY with our connect_seq. */
    RETRY,
    /** SESSION_RETRY_GLOBAL with the peer's global_seq. */
    RETRY_GLOBAL
  }

  private long clientCookie;
  private long serverCookie;
  private long connectSeq;
  private long peerGlobalSeq;

  private static long cookie() {
    return ThreadLocalRandom.current().nextLong(1, Long.MAX_VALUE);
  }

  long clientCookie() {
    return clientCookie;
  }

  long serverCookie() {
    return serverCookie;
  }

  long connectSeq() {
    return connectSeq;
  }

  long peerGlobalSeq() {
    return peerGlobalSeq;
  }

  /** Both ends have agreed on it at least once, as far as we know. */
  boolean isEstablished() {
    return serverCookie != 0;
  }

  /** Another attempt of ours. */
  void beginAttempt() {
    if (clientCookie == 0) {
      clientCookie = cookie();
    }
    if (isEstablished()) {
      connectSeq++;
    }
  }

  /** The peer has accepted: SERVER_IDENT. */
  void accepted(long cookie, long globalSeq) {
    serverCookie = cookie;
    peerGlobalSeq = globalSeq;
  }

  /** We accept: returns the cookie of our SERVER_IDENT. */
  long accept(ClientIdent ident) {
    clientCookie = ident.cookie();
    peerGlobalSeq = ident.globalSeq();
    serverCookie = cookie();
    connectSeq = 0;
    return serverCookie;
  }

  void resume(Reconnect reconnect) {
    connectSeq = reconnect.connectSeq();
    peerGlobalSeq = reconnect.globalSeq();
  }

  /** SESSION_RETRY: the peer counts from there. */
  void retry(long peersConnectSeq) {
    connectSeq = peersConnectSeq + 1;
  }

  /** SESSION_RESET, not full: CLIENT_IDENT comes next, with the cookie there is. */
  void beginAgain() {
    serverCookie = 0;
    connectSeq = 0;
  }

  /**
   * @param attempting we are connecting, too
   * @param used messages have come or were acknowledged
   * @param peerIsLower by address
   */
  Verdict onIdent(ClientIdent ident, boolean attempting, boolean used, boolean peerIsLower) {
    if (peerGlobalSeq > ident.globalSeq()) {
      return Verdict.STALE;
    }
    if (isEstablished() && (used || clientCookie != ident.cookie())) {
      return Verdict.PEER_FORGOT;
    }
    boolean race = attempting && clientCookie != ident.cookie();
    return race && !peerIsLower ? Verdict.OURS_WINS : Verdict.TAKE;
  }

  /**
   * @param peerIsLower by address
   */
  Verdict onReconnect(Reconnect reconnect, boolean peerIsLower) {
    if (clientCookie != reconnect.clientCookie()) {
      return Verdict.WE_FORGOT;
    }
    if (!isEstablished()) {
      return Verdict.BEGIN_AGAIN;
    }
    if (peerGlobalSeq > reconnect.globalSeq()) {
      return Verdict.RETRY_GLOBAL;
    }
    if (connectSeq > reconnect.connectSeq()) {
      return Verdict.RETRY;
    }
    boolean race = connectSeq == reconnect.connectSeq();
    return race && !peerIsLower ? Verdict.OURS_WINS : Verdict.TAKE;
  }

  @Override
  public String toString() {
    return "session "
        + Long.toHexString(clientCookie)
        + "/"
        + Long.toHexString(serverCookie)
        + " attempt "
        + connectSeq;
  }
}
