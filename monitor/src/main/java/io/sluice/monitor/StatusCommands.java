package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolStats;
import io.sluice.types.UTime;
import java.util.ArrayList;
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
    text.append("    osd: ").append(osds(call)).append('\n');
    text.append(" \n  data:\n    pools:   ").append(map.pools().size()).append(" pools, ");
    text.append(pgs.total()).append(" pgs\n    objects: ");
    text.append(call.context().reports().all(state).objects()).append(" objects, ");
    text.append(usage(call, "\n    usage:   ")).append("\n    pgs:     ");
    text.append(
        pgs.counts().entrySet().stream()
            .map(e -> e.getValue() + " " + e.getKey())
            .collect(Collectors.joining("\n             ")));
    return text.append("\n \n").toString();
  }

  /** {@code 3 osds: 3 up (since 5m), 3 in (since 2h)}. */
  static String osds(CommandCall call) {
    OsdMap map = call.state().osdMap();
    OsdCounts counts = OsdCounts.of(map);
    long now = Integer.toUnsignedLong(call.context().now().seconds());
    return counts.total()
        + " osds: "
        + counts.up()
        + " up"
        + since(now, map.lastUpChange())
        + ", "
        + counts.in()
        + " in"
        + since(now, map.lastInChange());
  }

  static void putSince(ObjectNode node, OsdMap map) {
    node.put("osd_up_since", Integer.toUnsignedLong(map.lastUpChange().seconds()));
    node.put("osd_in_since", Integer.toUnsignedLong(map.lastInChange().seconds()));
  }

  private static String since(long now, UTime change) {
    long then = Integer.toUnsignedLong(change.seconds());
    return then == 0 ? "" : " (since " + Units.age(now - then) + ")";
  }

  /** {@code 1 MiB, 3 MiB used, 35 GiB / 36 GiB avail}, with those words behind the first. */
  static String usage(CommandCall call, String data) {
    OsdReports reports = call.context().reports();
    MonState state = call.state();
    return Units.bytes(reports.all(state).bytes())
        + data
        + Units.bytes(reports.usedBytes(state))
        + " used, "
        + Units.bytes(reports.freeBytes(state))
        + " / "
        + Units.bytes(reports.totalBytes(state))
        + " avail";
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
    putSince(osdMap, state.osdMap());
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
  static double share(long used, long free) {
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
    String pools = poolTable(call, free);
    return CommandReply.output("--- RAW STORAGE ---\n" + raw + " \n--- POOLS ---\n" + pools);
  }

  private static String poolTable(CommandCall call, long free) {
    boolean detail = call.has("detail");
    TextTable table = new TextTable().left("POOL").right("ID").right("PGS").right("STORED");
    more(table, detail, "(DATA)", "(OMAP)").right("OBJECTS").right("USED");
    more(table, detail, "(DATA)", "(OMAP)").right("%USED").right("MAX AVAIL");
    more(table, detail, "QUOTA OBJECTS", "QUOTA BYTES", "DIRTY", "USED COMPR", "UNDER COMPR");
    for (PoolInfo pool : call.state().osdMap().pools()) {
      PoolStats in = call.context().reports().pool(call.state(), pool);
      String stored = Units.bytes(in.bytes());
      String used = Units.bytes(in.allocatedBytes());
      List<Object> row = new ArrayList<>(List.of(pool.name(), pool.id(), pool.pgNum(), stored));
      row.addAll(detail ? List.of(stored, Units.bytes(0)) : List.of());
      row.addAll(List.of(in.objects(), used));
      row.addAll(detail ? List.of(used, Units.bytes(0)) : List.of());
      row.add(percent(share(in.allocatedBytes(), free)));
      row.add(Units.bytes(free / pool.size()));
      if (detail) {
        row.add(pool.maxObjects() == 0 ? "N/A" : Units.count(pool.maxObjects()));
        row.add(pool.maxBytes() == 0 ? "N/A" : Units.bytes(pool.maxBytes()));
        row.addAll(List.of("N/A", Units.bytes(0), Units.bytes(0)));
      }
      table.row(row.toArray());
    }
    return table.toString();
  }

  private static TextTable more(TextTable table, boolean wanted, String... titles) {
    for (String title : wanted ? titles : new String[0]) {
      table.right(title);
    }
    return table;
  }
}
