package io.sluice.monitor;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.protocol.ClusterMapSubscribe;
import io.sluice.protocol.MCommand;
import io.sluice.protocol.MGetPoolStats;
import io.sluice.protocol.MLog;
import io.sluice.protocol.MMonCommand;
import io.sluice.protocol.MMonGetVersion;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.MPoolOp;
import io.sluice.protocol.MStatfs;
import io.sluice.protocol.MessageType;
import io.sluice.protocol.OsdBeacon;
import io.sluice.protocol.OsdBoot;
import io.sluice.protocol.OsdFailure;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.OsdStopping;
import io.sluice.protocol.PgRecovered;
import io.sluice.protocol.PgScrub;
import io.sluice.protocol.ReportsSubscribe;
import java.util.Map;

/**
 * Which message goes where: the one table of what the monitor understands.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class MessageTable {
  /** Input of a command is a map or a key, never data. */
  private static final long COMMAND_INPUT_MAX = 16L << 20;

  private interface Handler {
    void handle(Session session, IncomingMessage message, MessageHead head);
  }

  private final Map<Integer, Handler> handlers;

  MessageTable(ClientRequests clients, OsdRequests osds) {
    handlers =
        Map.ofEntries(
            Map.entry(MessageType.PING, (s, m, h) -> clients.ping(s)),
            Map.entry(MessageType.MON_GET_MAP, (s, m, h) -> clients.getMap(s)),
            Map.entry(
                MessageType.MON_SUBSCRIBE,
                (s, m, h) -> clients.subscribe(s, MMonSubscribe.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.MON_GET_VERSION,
                (s, m, h) -> clients.getVersion(s, MMonGetVersion.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.MON_COMMAND,
                (s, m, h) ->
                    clients.command(
                        s, MMonCommand.decode(h.version(), h.tid(), h.front(), data(m)))),
            Map.entry(
                MessageType.COMMAND,
                (s, m, h) -> clients.command(s, MCommand.decode(h.tid(), h.front()), data(m))),
            Map.entry(
                MessageType.POOL_OP,
                (s, m, h) -> clients.poolOp(s, MPoolOp.decode(h.version(), h.tid(), h.front()))),
            Map.entry(
                MessageType.STATFS,
                (s, m, h) -> clients.statfs(s, MStatfs.decode(h.version(), h.tid(), h.front()))),
            Map.entry(
                MessageType.GET_POOL_STATS,
                (s, m, h) ->
                    clients.poolStats(s, MGetPoolStats.decode(h.version(), h.tid(), h.front()))),
            Map.entry(
                MessageType.LOG, (s, m, h) -> clients.log(s, MLog.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.SLUICE_OSD_BOOT,
                (s, m, h) -> osds.boot(s, OsdBoot.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.SLUICE_OSD_BEACON,
                (s, m, h) -> osds.beacon(s, OsdBeacon.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.SLUICE_OSD_FAILURE,
                (s, m, h) -> osds.failure(s, OsdFailure.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.SLUICE_OSD_STATS,
                (s, m, h) -> osds.stats(s, OsdStats.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.SLUICE_OSD_STOPPING,
                (s, m, h) -> osds.stopping(s, OsdStopping.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.SLUICE_REPORTS_SUBSCRIBE,
                (s, m, h) -> osds.passOn(s, ReportsSubscribe.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.SLUICE_PG_SCRUB,
                (s, m, h) -> osds.scrub(s, PgScrub.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.SLUICE_PG_RECOVERED,
                (s, m, h) -> osds.recovered(s, PgRecovered.decode(h.version(), h.front()))),
            Map.entry(
                MessageType.SLUICE_CLUSTER_MAP_SUBSCRIBE,
                (s, m, h) ->
                    osds.subscribe(s, ClusterMapSubscribe.decode(h.version(), h.front()))));
  }

  /** Hands the message to its handler; false when nobody here knows its type. */
  boolean dispatch(Session session, IncomingMessage message) {
    Handler handler = handlers.get(message.head().type());
    if (handler != null) {
      handler.handle(session, message, message.head());
    }
    return handler != null;
  }

  /**
   * Called before the data of a message is read.
   *
   * @throws MalformedInputException when it has more than its type may have
   */
  static void checkData(MessageHead head) {
    boolean command = head.type() == MessageType.MON_COMMAND || head.type() == MessageType.COMMAND;
    long most = command ? COMMAND_INPUT_MAX : 0;
    if (head.dataLength() > most) {
      throw new MalformedInputException(
          "message 0x"
              + Integer.toHexString(head.type())
              + " with "
              + head.dataLength()
              + " bytes of data");
    }
  }

  private static byte[] data(IncomingMessage message) {
    try (BufferList data = message.claimEnvelope().data()) {
      return data.toByteArray(null, Inspection.DECODE);
    }
  }
}
