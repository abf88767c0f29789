package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolStats;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** {@code status} and {@code df}: the cluster at a glance. */
final class StatusCommands {

  /** OSDs of a map by state. */
  record OsdCounts(int total, int up, int in) {
    static OsdCounts of(OsdMap map) {
      int total = 0;
      int up = 0;
      int in = 0;
      for (int osd = 0; osd < map.maxOsd(); osd++) {
        if (map.exists(osd)) {
          total++;
          up += map.isUp(osd) ? 1 : 0;
          in += map.isIn(osd) ? 1 : 0;
        }
      }
      return new OsdCounts(total, up, in);
    }

    @Override
    public String toString() {
      return total + " osds: " + up + " up, " + in + " in";
    }
  }

  private StatusCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read("status", "show cluster status", StatusCommands::status),
        Commands.Command.read(
            "df detail:CephChoices?,strings=detail",
            "show cluster free space stats",
            StatusCommands::df));
  }

  private static CommandReply status(CommandCall call) {
    return call.wantsJson() ? call.json(statusJson(call)) : CommandReply.output(statusText(call));
  }

  private static String statusText(CommandCall call) {
    MonState state = call.state();
    OsdMap map = state.osdMap();
    Health health = Health.of(call.context());
    PgSummary pgs = PgSummary.of(state, call.context().reports());
    StringBuilder text = new StringBuilder();
    text.append("  cluster:\n    id:     ").append(state.fsid()).append('\n');
    text.append("    health: ").append(health.status()).append('\n');
    health
        .heard()
        .forEach(check -> text.append("            ").append(check.summary()).append('\n'));
    if (!health.mutes().isEmpty()) {
      text.append("            ").append(health.muted()).append('\n');
    }
    text.append(" \n  services:\n    mon: ")
        .append(state.monMap().mons().size())
        .append(" daemons, quorum ");
    text.append(state.quorumNames())
        .append(" (age ")
        .append(Units.age(call.context().uptimeNanos() / 1_000_000_000))
        .append(')');
    if (!state.absent().isEmpty()) {
      text.append(", out of quorum: ").append(state.absentNames());
    }
    text.append('\n');
    text.append("    mgr: ").append(ManagerCommands.text(call)).append('\n');
    text.append("    osd: ")
        .append(OsdCounts.of(map))
        .append("; epoch: e")
        .append(state.epoch())
        .append('\n');
    text.append(" \n  data:\n    pools:   ").append(map.pools().size()).append(" pools, ");
    text.append(pgs.total()).append(" pgs\n    objects: ");
    OsdReports reports = call.context().reports();
    PoolStats all = reports.all(state);
    text.append(all.objects()).append(" objects, ").append(Units.bytes(all.bytes())).append('\n');
    text.append("    usage:   ").append(Units.bytes(reports.usedBytes(state))).append(" used, ");
    text.append(Units.bytes(reports.freeBytes(state))).append(" / ");
    text.append(Units.bytes(reports.totalBytes(state))).append(" avail\n    pgs:     ");
    text.append(
        pgs.counts().entrySet().stream()
            .map(e -> e.getValue() + " " + e.getKey())
            .collect(Collectors.joining("\n             ")));
    return text.append("\n \n").toString();
  }

  private static ObjectNode statusJson(CommandCall call) {
    MonState state = call.state();
    ObjectNode node = Layouts.object("status");
    node.put("fsid", state.fsid().toString());
    ((ObjectNode) node.get("mgrmap")).set("available", ManagerCommands.stat(call).get("available"));
    node.set("health", Health.of(call.context()).toJson());
    ClusterCommands.ranks(node.putArray("quorum"), state);
    node.put("quorum_age", call.context().uptimeNanos() / 1_000_000_000);
    state.quorum().values().forEach(m -> node.withArray("quorum_names").add(m.name()));
    ObjectNode monMap = (ObjectNode) node.get("monmap");
    monMap.put("min_mon_release_name", "pacific");
    monMap.put("epoch", state.monMap().epoch()).put("num_mons", state.monMap().mons().size());
    OsdCounts osds = OsdCounts.of(state.osdMap());
    ObjectNode osdMap = (ObjectNode) node.get("osdmap");
    osdMap.put("epoch", state.epoch()).put("num_osds", osds.total());
    osdMap.put("num_up_osds", osds.up()).put("num_in_osds", osds.in());
    PgSummary pgs = PgSummary.of(state, call.context().reports());
    ObjectNode pgMap = (ObjectNode) node.get("pgmap");
    for (Map.Entry<String, Integer> count : pgs.counts().entrySet()) {
      pgMap
          .withArray("pgs_by_state")
          .addObject()
          .put("state_name", count.getKey())
          .put("count", count.getValue());
    }
    pgMap.put("num_pgs", pgs.total()).put("num_pools", state.osdMap().pools().size());
    OsdReports reports = call.context().reports();
    PoolStats all = reports.all(state);
    pgMap.put("num_objects", all.objects()).put("data_bytes", all.bytes());
    pgMap.put("bytes_used", reports.usedBytes(state));
    pgMap.put("bytes_avail", reports.freeBytes(state));
    pgMap.put("bytes_total", reports.totalBytes(state));
    return node;
  }

  /** The part of used and free bytes that is used. */
  private static double share(long used, long free) {
    return used == 0 ? 0 : (double) used / (used + free);
  }

  private static String percent(double share) {
    return share == 0 ? "0" : String.format("%.2f", share * 100);
  }

  private static ObjectNode dfJson(CommandCall call) {
    MonState state = call.state();
    ObjectNode stats = Layouts.object("df_stats");
    OsdReports reports = call.context().reports();
    long free = reports.freeBytes(state);
    stats.put("total_bytes", reports.totalBytes(state)).put("total_avail_bytes", free);
    stats.put("total_used_bytes", reports.usedBytes(state));
    stats.put("total_used_raw_bytes", reports.usedBytes(state));
    stats.put("num_osds", state.osds().size());
    ObjectNode node = CommandCall.object();
    node.set("stats", stats);
    node.putObject("stats_by_class");
    String layout = call.has("detail") ? "df_pool_detail" : "df_pool";
    for (PoolInfo pool : state.osdMap().pools()) {
      ObjectNode one =
          node.withArray("pools").addObject().put("name", pool.name()).put("id", pool.id());
      ObjectNode of = Layouts.object(layout).put("max_avail", free / pool.size());
      PoolStats in = reports.pool(state, pool);
      of.put("stored", in.bytes()).put("objects", in.objects());
      of.put("kb_used", in.allocatedBytes() / 1024).put("bytes_used", in.allocatedBytes());
      of.put("percent_used", share(in.allocatedBytes(), free));
      if (call.has("detail")) {
        of.put("quota_objects", pool.maxObjects()).put("quota_bytes", pool.maxBytes());
      }
      one.set("stats", of);
    }
    return node;
  }

  private static CommandReply df(CommandCall call) {
    MonState state = call.state();
    if (call.wantsJson()) {
      return call.json(dfJson(call));
    }
    OsdReports reports = call.context().reports();
    long free = reports.freeBytes(state);
    long used = reports.usedBytes(state);
    TextTable raw = new TextTable().left("CLASS").right("SIZE").right("AVAIL").right("USED");
    raw.right("RAW USED").right("%RAW USED");
    raw.row(
        "TOTAL",
        Units.bytes(reports.totalBytes(state)),
        Units.bytes(free),
        Units.bytes(used),
        Units.bytes(used),
        percent(share(used, free)));
    TextTable pools = new TextTable().left("POOL").right("ID").right("PGS").right("STORED");
    pools.right("OBJECTS").right("USED").right("%USED").right("MAX AVAIL");
    for (PoolInfo pool : state.osdMap().pools()) {
      PoolStats in = reports.pool(state, pool);
      pools.row(
          pool.name(),
          pool.id(),
          pool.pgNum(),
          Units.bytes(in.bytes()),
          in.objects(),
          Units.bytes(in.allocatedBytes()),
          percent(share(in.allocatedBytes(), free)),
          Units.bytes(free / pool.size()));
    }
    return CommandReply.output("--- RAW STORAGE ---\n" + raw + " \n--- POOLS ---\n" + pools);
  }
}
