package io.sluice.protocol;

import java.util.Map;
import java.util.TreeMap;

/** Every decoder of a message by its type, for tests that try them all. */
final class MessageReader {
  /** Decodes a message whose data segment is all in memory. */
  interface Reader {
    Message read(int version, long tid, byte[] front, byte[] data);
  }

  private static final Map<Integer, Reader> READERS = new TreeMap<>();

  static {
    READERS.put(MessageType.MON_GET_MAP, (v, tid, front, data) -> new MMonGetMap());
    READERS.put(MessageType.PING, (v, tid, front, data) -> MPing.decode(v, front));
    READERS.put(MessageType.MON_MAP, (v, tid, front, data) -> MMonMap.decode(v, front));
    READERS.put(MessageType.STATFS, (v, tid, front, data) -> MStatfs.decode(v, tid, front));
    READERS.put(
        MessageType.STATFS_REPLY, (v, tid, front, data) -> MStatfsReply.decode(v, tid, front));
    READERS.put(MessageType.MON_SUBSCRIBE, (v, tid, front, data) -> MMonSubscribe.decode(v, front));
    READERS.put(
        MessageType.MON_SUBSCRIBE_ACK, (v, tid, front, data) -> MMonSubscribeAck.decode(v, front));
    READERS.put(
        MessageType.MON_GET_VERSION, (v, tid, front, data) -> MMonGetVersion.decode(v, front));
    READERS.put(
        MessageType.MON_GET_VERSION_REPLY,
        (v, tid, front, data) -> MMonGetVersionReply.decode(v, front));
    READERS.put(MessageType.OSD_MAP, (v, tid, front, data) -> MOSDMap.decode(v, front));
    READERS.put(MessageType.OSD_OP, MessageReader::request);
    READERS.put(MessageType.OSD_OP_REPLY, MessageReader::reply);
    READERS.put(MessageType.OSD_BACKOFF, (v, tid, front, data) -> MOSDBackoff.decode(v, front));
    READERS.put(MessageType.POOL_OP, (v, tid, front, data) -> MPoolOp.decode(v, tid, front));
    READERS.put(
        MessageType.POOL_OP_REPLY, (v, tid, front, data) -> MPoolOpReply.decode(v, tid, front));
    READERS.put(
        MessageType.MON_COMMAND, (v, tid, front, data) -> MMonCommand.decode(v, tid, front, data));
    READERS.put(
        MessageType.MON_COMMAND_ACK,
        (v, tid, front, data) -> MMonCommandAck.decode(v, tid, front, data));
    READERS.put(MessageType.LOG, (v, tid, front, data) -> MLog.decode(v, front));
    READERS.put(MessageType.LOG_ACK, (v, tid, front, data) -> MLogAck.decode(v, front));
    READERS.put(
        MessageType.GET_POOL_STATS, (v, tid, front, data) -> MGetPoolStats.decode(v, tid, front));
    READERS.put(
        MessageType.GET_POOL_STATS_REPLY,
        (v, tid, front, data) -> MGetPoolStatsReply.decode(v, tid, front));
    READERS.put(MessageType.CONFIG, (v, tid, front, data) -> MConfig.decode(v, front));
    READERS.put(MessageType.MGR_MAP, (v, tid, front, data) -> MMgrMap.decode(v, front));
    READERS.put(MessageType.SLUICE_OSD_BOOT, (v, tid, front, data) -> OsdBoot.decode(v, front));
    READERS.put(MessageType.SLUICE_OSD_BEACON, (v, tid, front, data) -> OsdBeacon.decode(v, front));
    READERS.put(MessageType.SLUICE_OSD_LEASE, (v, tid, front, data) -> OsdLease.decode(v, front));
    READERS.put(
        MessageType.SLUICE_OSD_FAILURE, (v, tid, front, data) -> OsdFailure.decode(v, front));
    READERS.put(
        MessageType.SLUICE_PG_RECOVERED, (v, tid, front, data) -> PgRecovered.decode(v, front));
    READERS.put(
        MessageType.SLUICE_CLUSTER_MAP, (v, tid, front, data) -> ClusterMap.decode(v, front));
    READERS.put(
        MessageType.SLUICE_CLUSTER_MAP_SUBSCRIBE,
        (v, tid, front, data) -> ClusterMapSubscribe.decode(v, front));
    READERS.put(
        MessageType.SLUICE_REPORTS_SUBSCRIBE,
        (v, tid, front, data) -> ReportsSubscribe.decode(v, front));
    READERS.put(MessageType.SLUICE_PG_SCRUB, (v, tid, front, data) -> PgScrub.decode(v, front));
    READERS.put(MessageType.COMMAND, (v, tid, front, data) -> MCommand.decode(tid, front));
    READERS.put(
        MessageType.COMMAND_REPLY, (v, tid, front, data) -> MCommandReply.decode(tid, front));
    READERS.put(MessageType.WATCH_NOTIFY, (v, tid, front, data) -> MWatchNotify.decode(v, front));
    READERS.put(MessageType.SLUICE_OSD_STATS, (v, tid, front, data) -> OsdStats.decode(v, front));
    READERS.put(
        MessageType.SLUICE_OSD_STOPPING, (v, tid, front, data) -> OsdStopping.decode(v, front));
  }

  private MessageReader() {}

  /** All that can be read. */
  static java.util.Set<Integer> types() {
    return READERS.keySet();
  }

  static Message read(int type, int version, long tid, byte[] front, byte[] data) {
    return READERS.get(type).read(version, tid, front, data);
  }

  private static MOSDOp request(int version, long tid, byte[] front, byte[] data) {
    return MOSDOp.decode(version, tid, front, data.length).attach(new InMemory(data));
  }

  private static MOSDOpReply reply(int version, long tid, byte[] front, byte[] data) {
    return MOSDOpReply.decode(version, tid, front, data.length).attach(new InMemory(data));
  }

  /** The whole data segment in one array. */
  record InMemory(byte[] data) implements DataReader {
    @Override
    public byte[] read(long offset, int length) {
      return java.util.Arrays.copyOfRange(data, (int) offset, (int) offset + length);
    }
  }
}
