package io.sluice.monitor;

import io.sluice.protocol.ClusterMapSubscribe;
import io.sluice.protocol.MCommand;
import io.sluice.protocol.MGetPoolStats;
import io.sluice.protocol.MLog;
import io.sluice.protocol.MMonCommand;
import io.sluice.protocol.MMonGetMap;
import io.sluice.protocol.MMonGetVersion;
import io.sluice.protocol.MMonSubscribe;
import io.sluice.protocol.MPing;
import io.sluice.protocol.MPoolOp;
import io.sluice.protocol.MStatfs;
import io.sluice.protocol.Message;
import io.sluice.protocol.OsdBeacon;
import io.sluice.protocol.OsdBoot;
import io.sluice.protocol.OsdFailure;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.OsdStopping;
import io.sluice.protocol.PgRecovered;
import io.sluice.protocol.PgScrub;
import io.sluice.protocol.ReportsSubscribe;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.EntityName;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.Map;

/** One of each message that a monitor knows. */
final class SampleMessages {
  private static final AddrVec ADDRS = AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6809, 7));

  private SampleMessages() {}

  /** A line that a client sends for the cluster's log. */
  static MLog.Entry line(long sequence, String text) {
    return new MLog.Entry(
        EntityName.CLIENT,
        "admin",
        EntityName.client(4096),
        AddrVec.EMPTY,
        new UTime(1_790_000_000, 0),
        sequence,
        MLog.Entry.INFO,
        text,
        MLog.Entry.CLUSTER);
  }

  /**
   * @param osd whom those of OSDs are of
   */
  static List<Message> of(int osd) {
    PgId pg = new PgId(1, 0);
    return List.of(
        new MPing(""),
        new MMonGetMap(),
        new MMonSubscribe(
            Map.of(
                "osdmap", MMonSubscribe.Item.from(1),
                "log-debug", MMonSubscribe.Item.from(0),
                "config", MMonSubscribe.Item.from(0)),
            "host"),
        new MMonGetVersion(7, "osdmap"),
        new MMonCommand(8, MonitorBench.FSID, List.of("{\"prefix\":\"status\"}"), new byte[0]),
        new MCommand(9, MonitorBench.FSID, List.of("{\"prefix\":\"version\"}")),
        new MPoolOp(10, 1, MonitorBench.FSID, 0, MPoolOp.CREATE, 0, "made", 0),
        new MPoolOp(11, 1, MonitorBench.FSID, 1, MPoolOp.CREATE_SNAP, 0, "snap", 0),
        new MStatfs(12, 0, MonitorBench.FSID, null),
        new MGetPoolStats(13, 0, MonitorBench.FSID, List.of("p", "nosuch")),
        new MLog(0, MonitorBench.FSID, List.of(line(1, "one"), line(2, "two"))),
        new OsdBoot(osd, MonitorBench.FSID, ADDRS, "host", 1L << 40),
        new OsdBeacon(osd, 1, 5),
        new OsdFailure(0, 100),
        new OsdStats(osd, 1 << 30, 1 << 29, List.of(), 0, 0, 0),
        new OsdStopping(osd),
        new PgRecovered(pg, 1, List.of(0, osd)),
        new ClusterMapSubscribe(0),
        new ReportsSubscribe("b"),
        new PgScrub(pg, true, false));
  }
}
