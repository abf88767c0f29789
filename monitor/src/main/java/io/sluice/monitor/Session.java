package io.sluice.monitor;

import io.sluice.messenger.Connection;
import io.sluice.protocol.MCommandReply;
import io.sluice.protocol.Message;
import io.sluice.protocol.MgrMap;
import io.sluice.types.EntityName;
import java.util.SortedMap;

/**
 * What the monitor remembers of one connection: who it is and what it wants to be told.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class Session {
  /** No subscription. */
  static final long NONE = -1;

  final long id;
  final Connection connection;

  /** Who is at the other end takes us for a manager. */
  final boolean withManager;

  /** Next OSD map epoch to send, {@link #NONE}; 0 = only the newest. */
  long osdMapNext = NONE;

  boolean osdMapOnce;
  long monMapNext = NONE;
  boolean mgrMapWanted;

  /** What was sent last of the manager; null for nothing yet. */
  MgrMap mgrMapSent;

  boolean configWanted;

  /** What was sent last of the configuration; null for nothing yet. */
  SortedMap<String, String> configSent;

  /** Number of the next line of the cluster's log to send, {@link #NONE}. */
  long logNext = NONE;

  /** Lines of less than this are not wanted. */
  int logLevel;

  /** Next epoch to send as a ClusterMap, {@link #NONE}; 0 = the newest. */
  long clusterMapNext = NONE;

  /** The OSD that this connection is, or -1, and the nonce of its life. */
  int osd = -1;

  int osdNonce;
  boolean booting;

  /** When, on its clock, the OSD sent its last beacon; null before the first. */
  Long beaconSentNanos;

  boolean closed;

  Session(long id, Connection connection, boolean withManager) {
    this.id = id;
    this.connection = connection;
    this.withManager = withManager;
  }

  /** One that {@code ceph} keeps to a manager is of a client that is counted already. */
  boolean isClient() {
    return !withManager && connection.peerName().type() == EntityName.CLIENT;
  }

  void send(Message message) {
    if (!closed) {
      connection.send(message.toEnvelope());
    }
  }

  void send(MCommandReply reply, byte[] output) {
    if (!closed) {
      connection.send(reply.toEnvelope(output));
    }
  }

  void close(String reason) {
    connection.close(reason);
  }

  @Override
  public String toString() {
    return "session " + id + " of " + connection.peerName() + " at " + connection.remote();
  }
}
