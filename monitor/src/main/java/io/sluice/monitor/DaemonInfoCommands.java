package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MonMap;
import io.sluice.protocol.OsdMap;
import java.util.List;
import java.util.function.Function;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** {@code mon metadata, osd metadata, node ls, features ...}: who runs where, of what version. */
final class DaemonInfoCommands {
  private DaemonInfoCommands() {}

  static List<Commands.Command> all() {
    Function<CommandCall, CommandReply> monVersions =
        call -> versions(call, call.state().monMap().mons().size());
    return List.of(
        Commands.Command.read("mon versions", "check running versions of monitors", monVersions),
        Commands.Command.read(
            "mon count-metadata property:CephString",
            "count mons by metadata field property",
            call ->
                countMetadata(
                    call, call.state().monMap().mons().stream().map(DaemonInfoCommands::metadata))),
        Commands.Command.read(
            "osd count-metadata property:CephString",
            "count OSDs by metadata field property",
            call -> countMetadata(call, osds(call).mapToObj(osd -> metadata(call, osd)))),
        Commands.Command.read(
            "mon metadata id:CephString?",
            "fetch metadata for mon <id>",
            DaemonInfoCommands::monMetadata),
        Commands.Command.read(
            "osd versions",
            "check running versions of OSDs",
            call -> versions(call, StatusCommands.OsdCounts.of(call.state().osdMap()).up())),
        Commands.Command.read(
            "osd metadata id:CephOsdName?",
            "fetch metadata for osd {id}",
            DaemonInfoCommands::osdMetadata),
        Commands.Command.read(
            "node ls type:CephChoices?,strings=all|osd|mon|mds|mgr",
            "list all nodes in cluster [type]",
            DaemonInfoCommands::nodes),
        Commands.Command.read(
            "features", "report of connected features", DaemonInfoCommands::features));
  }

  private static CommandReply versions(CommandCall call, int count) {
    ObjectNode node = CommandCall.object();
    if (count > 0) {
      node.put(ClusterCommands.versionText(), count);
    }
    return call.json(node);
  }

  private static CommandReply countMetadata(CommandCall call, Stream<ObjectNode> daemons) {
    ObjectNode counts = CommandCall.object();
    daemons.forEach(
        daemon -> {
          String value = daemon.path(call.text("property")).asText("unknown");
          counts.put(value, counts.path(value).asInt() + 1);
        });
    return call.json(counts);
  }

  private static IntStream osds(CommandCall call) {
    OsdMap map = call.state().osdMap();
    return IntStream.range(0, map.maxOsd()).filter(map::exists);
  }

  private static ObjectNode metadata(MonMap.Mon mon) {
    ObjectNode node = versioned(Layouts.object("mon_metadata"));
    return node.put("name", mon.name()).put("addrs", mon.addrs().toString());
  }

  private static ObjectNode versioned(ObjectNode node) {
    node.put("ceph_release", "pacific").put("ceph_version", ClusterCommands.versionText());
    return node.put("ceph_version_short", ClusterCommands.versionText().split(" ")[2]);
  }

  private static CommandReply monMetadata(CommandCall call) {
    ArrayNode all = CommandCall.JSON.createArrayNode();
    for (MonMap.Mon mon : call.state().monMap().mons()) {
      if (call.has("id") && mon.name().equals(call.text("id"))) {
        return call.json(metadata(mon));
      }
      all.add(metadata(mon));
    }
    if (call.has("id")) {
      throw new CommandException(Errno.ENOENT, "no mon '" + call.text("id") + "'");
    }
    return call.json(all);
  }

  private static CommandReply osdMetadata(CommandCall call) {
    if (call.has("id")) {
      return call.json(metadata(call, OsdInfoCommands.known(call, "id")));
    }
    ArrayNode all = CommandCall.JSON.createArrayNode();
    osds(call).forEach(osd -> all.add(metadata(call, osd)));
    return call.json(all);
  }

  private static ObjectNode metadata(CommandCall call, int osd) {
    OsdMap map = call.state().osdMap();
    ObjectNode node = versioned(Layouts.object("osd_metadata")).put("id", osd);
    node.put("hostname", map.crush().hostOf(osd).orElse("")).put("osd_objectstore", "sluice");
    node.put("front_addr", map.addrs(osd).toString());
    return node.put("back_addr", map.clusterAddrs(osd).toString());
  }

  private static CommandReply nodes(CommandCall call) {
    ObjectNode node = CommandCall.object();
    ObjectNode mons = node.putObject("mon");
    for (MonMap.Mon mon : call.state().monMap().mons()) {
      mons.withArray(mon.addrs().msgr2().ip()).add(mon.name());
    }
    ObjectNode osds = node.putObject("osd");
    call.state()
        .osdMap()
        .crush()
        .hosts()
        .forEach((host, on) -> on.forEach(osds.withArray(host)::add));
    node.putObject("mgr");
    String type = call.text("type", "all");
    return call.json(
        type.equals("all")
            ? node
            : node.path(type).isMissingNode() ? CommandCall.object() : node.path(type));
  }

  /**
   * All of ours speak Pacific, and so does what clients may use; of clients, those of this monitor.
   */
  private static CommandReply features(CommandCall call) {
    ObjectNode node = CommandCall.object();
    int mons = call.state().monMap().mons().size();
    int osds = StatusCommands.OsdCounts.of(call.state().osdMap()).up();
    for (String type : List.of("mon", "osd", "client", "mgr")) {
      ArrayNode of = node.putArray(type);
      int count =
          switch (type) {
            case "mon" -> mons;
            case "osd" -> osds;
            case "client" -> call.context().clients();
            default -> call.context().manager().name().isEmpty() ? 0 : 1;
          };
      if (count > 0) {
        of.addObject()
            .put("features", "0x" + Long.toHexString(io.sluice.protocol.Features.PACIFIC))
            .put("release", "luminous")
            .put("num", count);
      }
    }
    return call.json(node);
  }
}
