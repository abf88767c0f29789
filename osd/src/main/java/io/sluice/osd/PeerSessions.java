package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.messenger.Dispatcher;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.Messenger;
import io.sluice.messenger.PayloadPlan;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Our sessions with other OSDs, one each, for all placement groups: requests go out on them, and
 * answers come back on them.
 *
 * <p>A connection that breaks is the messenger's to mend. A session that was reset is reported, as
 * messages may be lost: who lost some peers again, and the next message opens another session.
 *
 * <p><b>Threads:</b> any.
 */
final class PeerSessions {
  private static final Logger LOG = LoggerFactory.getLogger(PeerSessions.class);

  /** Who wants to know of the fate of sessions. Called on the session's loop. */
  interface Listener {
    /** Messages sent to that OSD may be lost. */
    void onLost(int osd);

    /** Nobody listens at that OSD's address. */
    void onRefused(int osd, int nonce);
  }

  private record Session(Connection connection, AddrVec addrs) {}

  private final Messenger messenger;
  private final Dispatcher answers;
  private final Listener listener;
  private final Map<Integer, Session> sessions = new HashMap<>();
  private ClusterView view;
  private boolean closed;

  /**
   * @param answers what is done with the messages that come back
   */
  PeerSessions(Messenger messenger, Dispatcher answers, Listener listener) {
    this.messenger = messenger;
    this.answers = answers;
    this.listener = listener;
  }

  /** A new map: sessions with OSDs that are down or have another address end. */
  void update(ClusterView newView) {
    List<Connection> stale = new ArrayList<>();
    synchronized (this) {
      view = newView;
      for (Map.Entry<Integer, Session> entry : sessions.entrySet()) {
        int osd = entry.getKey();
        if (!newView.map().isUp(osd)
            || !newView.map().clusterAddrs(osd).equals(entry.getValue().addrs())) {
          stale.add(entry.getValue().connection());
        }
      }
    }
    stale.forEach(connection -> connection.close("the peer is down or moved"));
  }

  /** Sends, or drops when the map has no address for that OSD. Takes the message's data over. */
  void send(int osd, Envelope message) {
    Connection connection = connection(osd);
    if (connection == null) {
      message.close();
    } else {
      connection.send(message);
    }
  }

  private synchronized Connection connection(int osd) {
    if (closed || view == null || !view.map().isUp(osd)) {
      return null;
    }
    Session session = sessions.get(osd);
    if (session == null) {
      AddrVec addrs = view.map().clusterAddrs(osd);
      Outgoing outgoing = new Outgoing(osd, addrs);
      session = new Session(messenger.connect(EntityName.osd(osd), addrs, outgoing, null), addrs);
      sessions.put(osd, session);
    }
    return session.connection();
  }

  private synchronized boolean forget(int osd, Connection connection) {
    Session session = sessions.get(osd);
    if (session != null && session.connection() == connection) {
      sessions.remove(osd);
      return true;
    }
    return false;
  }

  void close() {
    List<Connection> all;
    synchronized (this) {
      closed = true;
      all = sessions.values().stream().map(Session::connection).toList();
      sessions.clear();
    }
    all.forEach(connection -> connection.close("shutting down"));
  }

  /** The callbacks of one connection of ours. */
  private final class Outgoing implements Dispatcher {
    private final int osd;
    private final AddrVec addrs;

    private Outgoing(int osd, AddrVec addrs) {
      this.osd = osd;
      this.addrs = addrs;
    }

    @Override
    public PayloadPlan plan(Connection from, MessageHead head) {
      return answers.plan(from, head);
    }

    @Override
    public void onMessage(Connection from, IncomingMessage message) {
      answers.onMessage(from, message);
    }

    @Override
    public void onClosed(Connection from, String reason) {
      if (!forget(osd, from)) {
        return;
      }
      LOG.info("connection to osd.{} closed: {}", osd, reason);
      if (reason.startsWith("refused: nobody")) {
        listener.onRefused(osd, addrs.msgr2().nonce());
      }
      listener.onLost(osd);
    }
  }
}
