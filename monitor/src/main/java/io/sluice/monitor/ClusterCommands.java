package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.MonMap;
import java.util.List;
import java.util.stream.Collectors;

/** {@code mon ..., version, versions, fsid}: the cluster's identity. */
final class ClusterCommands {
  private ClusterCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read("fsid", "show cluster FSID/UUID", call -> fsid(call)),
        Commands.Command.read("version", "show mon daemon version", ClusterCommands::version),
        Commands.Command.read(
            "versions", "check running versions of ceph daemons", ClusterCommands::versions),
        Commands.Command.read("mon stat", "summarize monitor status", ClusterCommands::monStat),
        Commands.Command.read("mon dump", "dump formatted monmap", ClusterCommands::monDump),
        Commands.Command.read(
            "mon getmap",
            "get monmap",
            call ->
                new CommandReply(
                    0,
                    "got monmap epoch " + call.state().monMap().epoch(),
                    call.state().monMap().encode())),
        Commands.Command.read(
            "quorum_status", "report status of monitor quorum", ClusterCommands::quorum),
        Commands.Command.read(
            "mon_status", "report status of one monitor", call -> call.json(monStatus(call))));
  }

  private static CommandReply fsid(CommandCall call) {
    String fsid = call.state().fsid().toString();
    return call.wantsJson()
        ? call.json(CommandCall.object().put("fsid", fsid))
        : CommandReply.output(fsid + "\n");
  }

  /** What we are, and whose protocol we speak. */
  static String versionText() {
    String version = ClusterCommands.class.getPackage().getImplementationVersion();
    return "sluice version " + (version == null ? "0.1.0" : version) + " (speaks ceph pacific)";
  }

  private static CommandReply version(CommandCall call) {
    String version = versionText();
    return call.wantsJson()
        ? call.json(CommandCall.object().put("version", version))
        : CommandReply.output(version + "\n");
  }

  /** The monitors are of this version; so are, as far as we know, the OSDs: they do not say. */
  private static CommandReply versions(CommandCall call) {
    int mons = call.state().monMap().mons().size();
    int osds = StatusCommands.OsdCounts.of(call.state().osdMap()).up();
    ObjectNode node = CommandCall.object();
    node.putObject("mon").put(versionText(), mons);
    node.putObject("mgr");
    ObjectNode ofOsds = node.putObject("osd");
    if (osds > 0) {
      ofOsds.put(versionText(), osds);
    }
    node.putObject("mds");
    node.putObject("overall").put(versionText(), mons + osds);
    return call.json(node);
  }

  private static CommandReply monStat(CommandCall call) {
    MonMap map = call.state().monMap();
    String list =
        map.mons().stream()
            .map(m -> m.name() + "=" + m.addrs())
            .collect(Collectors.joining(",", "{", "}"));
    if (call.wantsJson()) {
      ObjectNode node =
          CommandCall.object().put("epoch", map.epoch()).put("num_mons", map.mons().size());
      node.put("min_mon_release_name", "pacific");
      node.put("leader", call.context().leader());
      ArrayNode quorum = node.putArray("quorum");
      call.state()
          .quorum()
          .forEach((rank, mon) -> quorum.addObject().put("rank", rank).put("name", mon.name()));
      return call.json(node);
    }
    return CommandReply.output(
        "e"
            + map.epoch()
            + ": "
            + map.mons().size()
            + " mons at "
            + list
            + " removed_ranks: {}, election epoch "
            + map.epoch()
            + leader(call)
            + ", quorum "
            + call.state().quorum().keySet().stream()
                .map(String::valueOf)
                .collect(Collectors.joining(","))
            + " "
            + call.state().quorumNames()
            + "\n");
  }

  private static String leader(CommandCall call) {
    return call.state().quorum().entrySet().stream()
        .filter(each -> each.getValue().name().equals(call.context().leader()))
        .map(each -> ", leader " + each.getKey() + " " + each.getValue().name())
        .findFirst()
        .orElse("");
  }

  private static CommandReply monDump(CommandCall call) {
    MonMap map = call.state().monMap();
    String done = "dumped monmap epoch " + map.epoch();
    if (call.wantsJson()) {
      ObjectNode node = monMapJson(map);
      ranks(node.putArray("quorum"), call.state());
      return new CommandReply(0, done, call.json(node).output());
    }
    StringBuilder text = new StringBuilder();
    text.append("epoch ").append(map.epoch()).append("\nfsid ").append(map.fsid());
    text.append("\nlast_changed ").append(Units.time(map.modified()));
    text.append("\ncreated ")
        .append(Units.time(map.created()))
        .append("\nmin_mon_release 16 (pacific)\nelection_strategy: 1\n");
    for (int rank = 0; rank < map.mons().size(); rank++) {
      MonMap.Mon mon = map.mons().get(rank);
      text.append(rank)
          .append(": ")
          .append(mon.addrs())
          .append(" mon.")
          .append(mon.name())
          .append('\n');
    }
    return new CommandReply(0, done, CommandReply.output(text.toString()).output());
  }

  private static ObjectNode monMapJson(MonMap map) {
    ObjectNode node =
        Layouts.object("monmap").put("epoch", map.epoch()).put("fsid", map.fsid().toString());
    node.put("modified", Units.time(map.modified())).put("created", Units.time(map.created()));
    ArrayNode mons = node.putArray("mons");
    for (MonMap.Mon mon : map.mons()) {
      ObjectNode one = mons.addObject();
      one.setAll(Layouts.object("mon"));
      one.put("rank", mons.size() - 1).put("name", mon.name());
      one.set("public_addrs", Layouts.addrs(mon.addrs()));
      one.put("addr", Layouts.legacyAddr(mon.addrs()));
      one.put("public_addr", Layouts.legacyAddr(mon.addrs()));
    }
    return node;
  }

  private static CommandReply quorum(CommandCall call) {
    MonMap map = call.state().monMap();
    ObjectNode node = Layouts.object("quorum");
    ranks(node.putArray("quorum"), call.state());
    call.state().quorum().values().forEach(m -> node.withArray("quorum_names").add(m.name()));
    node.put("quorum_leader_name", call.context().leader());
    node.put("quorum_age", call.context().uptimeNanos() / 1_000_000_000);
    node.set("monmap", monMapJson(map));
    return call.jsonForPrograms(node);
  }

  /** What one monitor says of itself, in the order of Ceph's {@code mon_status}. */
  static ObjectNode monStatus(CommandCall call) {
    MonMap map = call.state().monMap();
    MonContext context = call.context();
    ObjectNode node = CommandCall.object().put("name", context.name());
    int rank = map.rankOf(context.name());
    if (rank >= 0) {
      node.put("rank", rank);
    }
    node.put("state", context.isLeader() ? "leader" : "peon");
    node.put("election_epoch", map.epoch());
    ranks(node.putArray("quorum"), call.state());
    node.put("quorum_age", context.uptimeNanos() / 1_000_000_000);
    ArrayNode outside = node.putArray("outside_quorum");
    call.state().absent().forEach(other -> outside.add(map.mons().get(other).name()));
    node.putArray("extra_probe_peers");
    node.putArray("sync_provider");
    node.set("monmap", monMapJson(map));
    return node;
  }

  static void ranks(ArrayNode to, MonState state) {
    state.quorum().keySet().forEach(to::add);
  }
}
