package io.sluice.monitor;

import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.MConfig;
import io.sluice.protocol.MFSMap;
import io.sluice.protocol.MFSMapUser;
import io.sluice.protocol.MLog;
import io.sluice.protocol.MMgrMap;
import io.sluice.protocol.MMonMap;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.MOSDMap;
import io.sluice.protocol.Message;
import io.sluice.protocol.MgrMap;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Tells sessions what they subscribed to: all of it that is new, in order, as fast as they take it.
 *
 * <p><b>Invariants:</b> a session gets every epoch from where it asked, once, in order, unless it
 * asks for older ones than are kept; a session that does not read holds at most {@link
 * #QUEUED_BYTES_MAX} plus one message.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class Subscriptions {
  /** More waits until the peer has read: a lagging OSD may need 500 epochs. */
  static final long QUEUED_BYTES_MAX = 4L << 20;

  /**
   * One message of maps is about this at most, so that a slow peer's leases do not wait behind
   * megabytes.
   */
  private static final int MESSAGE_BYTES_MAX = 1 << 20;

  /** There are no file systems, and so no second map of them. */
  static final int FILE_SYSTEMS_EPOCH = 1;

  /** What subscriptions to the cluster's log begin with; then the least priority of a line. */
  private static final String LOG = "log-";

  private MgrMap manager = MgrMap.none(ManagerPort.EPOCH_NONE);

  /** Sent last: every OSD gets the same. */
  private ClusterMap newest;

  /** The manager from now on; sessions hear of it when they are served next. */
  void manager(MgrMap map) {
    manager = map;
  }

  MgrMap manager() {
    return manager;
  }

  /**
   * Notes the wishes of a message; what is unknown is ignored, as old monitors do with new clients.
   */
  void subscribe(Session session, MMonSubscribe message, MonState state) {
    for (Map.Entry<String, MMonSubscribe.Item> wish : message.what().entrySet()) {
      MMonSubscribe.Item item = wish.getValue();
      switch (wish.getKey()) {
        case "osdmap" -> {
          session.osdMapNext = item.start();
          session.osdMapOnce = item.isOnce();
        }
        case "monmap" -> session.monMapNext = item.start();
        case "mgrmap" -> session.mgrMapWanted = true; // whatever another monitor's had as epoch
        case "config" -> {
          session.configWanted = true;
          session.configSent = null;
        }
        case "fsmap" -> once(session, item, new MFSMap(FILE_SYSTEMS_EPOCH));
        case "fsmap.user" -> once(session, item, new MFSMapUser(FILE_SYSTEMS_EPOCH));
        default -> {
          // "mdsmap", "keys", ...: nothing of that kind ever happens here;
          // Ceph without file systems has no "mdsmap" to send either
          if (wish.getKey().startsWith(LOG)) {
            log(session, LogCommands.level(wish.getKey().substring(LOG.length())), item, state);
          }
        }
      }
    }
    serve(session, state);
  }

  /** Whoever asks for no line in particular is told the last one, as in Ceph, and what follows. */
  private static void log(Session session, int level, MMonSubscribe.Item item, MonState state) {
    if (level >= 0) {
      session.logLevel = level;
      session.logNext = item.start() > 0 ? item.start() : Math.max(1, state.log().version());
    }
  }

  private static void once(Session session, MMonSubscribe.Item item, Message theOnlyOne) {
    if (item.start() <= FILE_SYSTEMS_EPOCH) {
      session.send(theOnlyOne);
    }
  }

  /** Sends all that is due and fits. */
  void serve(Session session, MonState state) {
    if (session.closed || !state.exists()) {
      return;
    }
    monMap(session, state);
    config(session, state);
    mgrMap(session);
    osdMaps(session, state);
    clusterMaps(session, state);
    logLines(session, state);
  }

  private static void logLines(Session session, MonState state) {
    ClusterLog log = state.log();
    if (session.logNext == Session.NONE || session.logNext > log.version()) {
      return;
    }
    List<MLog.Entry> lines =
        log.from(session.logNext).stream()
            .filter(line -> line.priority() >= session.logLevel)
            .toList();
    session.logNext = log.version() + 1;
    if (!lines.isEmpty()) {
      session.send(new MLog(log.version(), state.fsid(), lines));
    }
  }

  private static void monMap(Session session, MonState state) {
    int epoch = state.monMap().epoch();
    if (session.monMapNext != Session.NONE && session.monMapNext <= epoch) {
      session.send(new MMonMap(state.monMap().encode()));
      session.monMapNext = epoch + 1L;
    }
  }

  private static void config(Session session, MonState state) {
    if (!session.configWanted) {
      return;
    }
    SortedMap<String, String> options =
        ConfigOptions.valuesOf(Caller.of(session.connection).entity(), state);
    if (!options.equals(session.configSent)) {
      session.configSent = options;
      session.send(new MConfig(options));
    }
  }

  private void mgrMap(Session session) {
    if (session.mgrMapWanted && !manager.equals(session.mgrMapSent)) {
      session.send(new MMgrMap(manager.encode()));
      session.mgrMapSent = manager;
    }
  }

  private static void osdMaps(Session session, MonState state) {
    MapHistory history = state.history();
    if (session.osdMapNext == 0) {
      session.osdMapNext = history.last();
    }
    while (session.osdMapNext != Session.NONE
        && session.osdMapNext <= history.last()
        && session.connection.queuedBytes() < QUEUED_BYTES_MAX) {
      int from = (int) Math.max(session.osdMapNext, history.first());
      session.osdMapNext = sendOsdMaps(session, state, from);
      if (session.osdMapOnce && session.osdMapNext > history.last()) {
        session.osdMapNext = Session.NONE;
      }
    }
  }

  /** One message of the epochs from {@code from}; returns the epoch after the last sent. */
  private static long sendOsdMaps(Session session, MonState state, int from) {
    MapHistory history = state.history();
    SortedMap<Integer, byte[]> maps = new TreeMap<>();
    long bytes = 0;
    int epoch = from;
    while (epoch <= history.last() && maps.size() < MOSDMap.MAX_MAPS && bytes < MESSAGE_BYTES_MAX) {
      byte[] map = history.osdMap(epoch);
      maps.put(epoch++, map);
      bytes += map.length;
    }
    session.send(MOSDMap.ofMaps(state.fsid(), maps, history.first(), history.last()));
    return epoch;
  }

  private void clusterMaps(Session session, MonState state) {
    MapHistory history = state.history();
    if (session.clusterMapNext == 0) {
      session.clusterMapNext =
          history.last(); // an OSD without any map was not up in the older ones
    }
    while (session.clusterMapNext != Session.NONE
        && session.clusterMapNext <= history.last()
        && session.connection.queuedBytes() < QUEUED_BYTES_MAX) {
      int epoch = (int) Math.max(session.clusterMapNext, history.first());
      if (newest == null || newest.epoch() != epoch) {
        newest = history.clusterMap(epoch);
      }
      session.send(newest);
      session.clusterMapNext = epoch + 1L;
    }
  }
}
