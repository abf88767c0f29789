package io.sluice.messenger;

import io.netty.channel.unix.Socket;
import io.sluice.bufferlist.Resources;
import io.sluice.bufferlist.Sys;
import io.sluice.types.EntityAddr;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnknownHostException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens and closes TCP sockets the way the messenger wants them: non-blocking, without delay,
 * page-sized segments.
 */
final class Sockets {
  /** How the reason of a close begins when nobody listens at an address. */
  static final String REFUSED = "refused";

  private static final Logger LOG = LoggerFactory.getLogger(Sockets.class);
  private static final int IPPROTO_TCP = 6;
  private static final int SOL_SOCKET = 1;
  private static final int SO_ERROR = 4;
  private static final int ECONNREFUSED = 111;
  private static final int TCP_NODELAY = 1;
  private static final int TCP_MAXSEG = 2;
  private static final int TCP_CORK = 3;
  private static final int TCP_NOTSENT_LOWAT = 25;

  private Sockets() {}

  /** For a connection to that address. TCP_MAXSEG is set here: after connect it does nothing. */
  static Socket connecting(Sys sys, InetSocketAddress address) {
    return open(sys, SegmentSize.toAddress(address.getAddress()));
  }

  /** For a listener at that address. */
  static Socket listening(Sys sys, InetSocketAddress address) {
    return open(sys, SegmentSize.atAddress(address.getAddress()));
  }

  private static Socket open(Sys sys, int segment) {
    Socket socket = Socket.newSocketStream();
    Resources.opened(Resources.Kind.FD);
    if (segment > 0) {
      report(
          sys,
          "TCP_MAXSEG " + segment,
          sys.setsockopt(socket.intValue(), IPPROTO_TCP, TCP_MAXSEG, segment));
    }
    return socket;
  }

  static void setNoDelay(Sys sys, Socket socket) {
    report(sys, "TCP_NODELAY", sys.setsockopt(socket.intValue(), IPPROTO_TCP, TCP_NODELAY, 1));
  }

  /** On: whole segments only, until it is off. */
  static void setCork(Sys sys, int socket, boolean on) {
    report(sys, "TCP_CORK", sys.setsockopt(socket, IPPROTO_TCP, TCP_CORK, on ? 1 : 0));
  }

  /** EPOLLOUT, when half as many bytes are unsent; 0 = as the system has it. */
  static void setUnsentMax(Sys sys, int socket, int bytes) {
    report(sys, "TCP_NOTSENT_LOWAT", sys.setsockopt(socket, IPPROTO_TCP, TCP_NOTSENT_LOWAT, bytes));
  }

  private static void report(Sys sys, String option, int status) {
    if (status < 0) {
      LOG.warn("{}: {}; slower, but it goes on", option, sys.describe(-status));
    }
  }

  static void close(Socket socket) {
    Resources.closed(Resources.Kind.FD);
    try {
      socket.close();
    } catch (IOException e) {
      LOG.warn("close of {}", socket, e);
    }
  }

  /** What became of a non-blocking connect, once the socket is ready: null when it is connected. */
  static String connectFailure(Sys sys, Socket socket, EntityAddr to) {
    int[] error = new int[1];
    int status = sys.getsockopt(socket.intValue(), SOL_SOCKET, SO_ERROR, error);
    int errno = status < 0 ? -status : error[0];
    if (errno == 0) {
      return null;
    }
    return errno == ECONNREFUSED ? refused(to) : "connect to " + to + ": " + sys.describe(errno);
  }

  /** What to say of a connect that failed at once. */
  static String connectFailure(Exception e, EntityAddr to) {
    boolean refused =
        e instanceof ConnectException && String.valueOf(e.getMessage()).contains("refused");
    return refused ? refused(to) : "connect to " + to + ": " + e.getMessage();
  }

  /** Begins as callers are told it does: "refused". */
  static String refused(EntityAddr to) {
    return REFUSED + ": nobody listens on " + to;
  }

  /** A connect to a free port of the ephemeral range may meet itself: both ends the same. */
  static boolean isSelfConnected(Socket socket) {
    InetSocketAddress local = socket.localAddress();
    return local != null && local.equals(socket.remoteAddress());
  }

  /** The literal of an address, with IPv4 in IPv6 shown as IPv4. */
  static String literal(InetAddress address) {
    try {
      return InetAddress.getByAddress(address.getAddress()).getHostAddress();
    } catch (UnknownHostException e) {
      throw new IllegalArgumentException(address.toString(), e);
    }
  }
}
