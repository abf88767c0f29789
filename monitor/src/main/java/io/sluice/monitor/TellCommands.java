package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdMap;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/** {@code ceph tell mon.a ...}: what one monitor says of itself, where others have other words. */
final class TellCommands {
  private TellCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "config show",
            "dump current config settings",
            call -> {
              ObjectNode node = CommandCall.object().put("name", self(call));
              options(call).forEach(node::put);
              return call.json(node);
            }),
        Commands.Command.read(
            "config get var:CephString", "get the config value", TellCommands::option),
        Commands.Command.read(
            "perf dump logger:CephString?", "dump perfcounters value", TellCommands::perf),
        Commands.Command.read(
            "version",
            "get version",
            call -> {
              ObjectNode node = CommandCall.object();
              node.put("version", ClusterCommands.versionText().split(" ")[2]);
              return call.json(node.put("release", "pacific").put("release_type", "dev"));
            }));
  }

  private static String self(CommandCall call) {
    return "mon." + call.context().name();
  }

  /** What was set for it, and the defaults of the rest. */
  private static SortedMap<String, String> options(CommandCall call) {
    SortedMap<String, String> all = new TreeMap<>();
    ConfigOptions.all().forEach((name, option) -> all.put(name, option.byDefault()));
    all.putAll(ConfigOptions.valuesOf(self(call), call.state()));
    all.put("fsid", call.state().fsid().toString());
    return all;
  }

  private static CommandReply option(CommandCall call) {
    String name = ConfigOptions.canonical(call.text("var"));
    String value = options(call).get(name);
    if (value == null) {
      String text = "error getting '" + name + "': (2) No such file or directory";
      throw new CommandException(Errno.ENOENT, text);
    }
    return call.json(CommandCall.object().put(name, value));
  }

  /** The section of Ceph's monitor that speaks of the cluster. */
  private static CommandReply perf(CommandCall call) {
    MonState state = call.state();
    OsdReports reports = call.context().reports();
    OsdMap map = state.osdMap();
    StatusCommands.OsdCounts osds = StatusCommands.OsdCounts.of(map);
    PgSummary pgs = PgSummary.of(state, reports);
    ObjectNode node = CommandCall.object();
    if (call.has("logger") && !call.text("logger").equals("cluster")) {
      return call.json(node);
    }
    ObjectNode cluster = node.putObject("cluster");
    cluster.put("num_mon", state.monMap().mons().size());
    cluster.put("num_mon_quorum", state.quorum().size());
    cluster.put("num_osd", osds.total()).put("num_osd_up", osds.up());
    cluster.put("num_osd_in", osds.in()).put("osd_epoch", map.epoch());
    cluster.put("osd_bytes", reports.totalBytes(state));
    cluster.put("osd_bytes_used", reports.usedBytes(state));
    cluster.put("osd_bytes_avail", reports.freeBytes(state));
    cluster.put("num_pool", map.pools().size()).put("num_pg", pgs.total());
    cluster.put("num_pg_active_clean", pgs.counts().getOrDefault("active+clean", 0));
    cluster.put("num_pg_active", pgs.in("active"));
    cluster.put("num_object", reports.all(state).objects());
    return call.json(node);
  }
}
