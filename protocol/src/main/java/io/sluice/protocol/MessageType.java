package io.sluice.protocol;

/** The type numbers of the messages that Sluice speaks. (ceph: include/ceph_fs.h, msg/Message.h) */
public final class MessageType {
  public static final int PING = 2;
  public static final int MON_MAP = 4;
  public static final int MON_GET_MAP = 5;
  public static final int STATFS = 13;
  public static final int STATFS_REPLY = 14;
  public static final int MON_SUBSCRIBE = 15;
  public static final int MON_SUBSCRIBE_ACK = 16;
  public static final int MON_GET_VERSION = 19;
  public static final int MON_GET_VERSION_REPLY = 20;
  public static final int OSD_MAP = 41;
  public static final int OSD_OP = 42;
  public static final int OSD_OP_REPLY = 43;
  public static final int WATCH_NOTIFY = 44;
  public static final int FS_MAP = 45;
  public static final int POOL_OP_REPLY = 48;
  public static final int POOL_OP = 49;
  public static final int MON_COMMAND = 50;
  public static final int MON_COMMAND_ACK = 51;
  public static final int LOG = 52;
  public static final int LOG_ACK = 53;
  public static final int GET_POOL_STATS = 58;
  public static final int GET_POOL_STATS_REPLY = 59;
  public static final int OSD_BACKOFF = 61;
  public static final int CONFIG = 62;
  public static final int GET_CONFIG = 63;
  public static final int COMMAND = 97;
  public static final int COMMAND_REPLY = 98;
  public static final int FS_MAP_USER = 103;
  public static final int MGR_MAP = 0x704;

  // Between daemons of Sluice: 0x7000-0x70ff. Monitor and OSD 0x7001-0x700f, OSD and OSD
  // 0x7010-0x703f.
  public static final int SLUICE_OSD_BOOT = 0x7001;
  public static final int SLUICE_OSD_BEACON = 0x7002;
  public static final int SLUICE_OSD_LEASE = 0x7003;
  public static final int SLUICE_OSD_FAILURE = 0x7004;
  public static final int SLUICE_PG_RECOVERED = 0x7005;
  public static final int SLUICE_CLUSTER_MAP = 0x7006;
  public static final int SLUICE_CLUSTER_MAP_SUBSCRIBE = 0x7007;
  public static final int SLUICE_OSD_STOPPING = 0x7008;
  public static final int SLUICE_OSD_STATS = 0x7009;
  public static final int SLUICE_PG_SCRUB = 0x700a;
  public static final int SLUICE_REPORTS_SUBSCRIBE = 0x700b;

  private MessageType() {}
}
