package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.FullRatios;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PgMapping;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.AddrVec;
import java.util.List;
import java.util.stream.Collectors;

/**
 * {@code osd dump, getmap, getcrushmap, map}: the OSD map as text, as Ceph's bytes, and as
 * placement.
 */
final class OsdMapCommands {
  private OsdMapCommands() {}

  static List<Commands.Command> all() {
    String epoch = " epoch:CephInt?,range=0";
    return List.of(
        Commands.Command.read("osd dump" + epoch, "print summary of OSD map", OsdMapCommands::dump),
        Commands.Command.read("osd getmap" + epoch, "get OSD map", OsdMapCommands::getMap),
        Commands.Command.read(
            "osd getcrushmap" + epoch, "get CRUSH map", OsdMapCommands::getCrushMap),
        Commands.Command.read(
            "osd map pool:CephPoolname object:CephObjectname nspace:CephString?",
            "find pg for <object> in <pool> with [namespace]",
            OsdMapCommands::locate));
  }

  /** The map of the epoch asked for, or the newest. */
  private static OsdMap map(CommandCall call) {
    int epoch = call.number("epoch", 0);
    MapHistory history = call.state().history();
    if (epoch == 0 || epoch == call.state().epoch()) {
      return call.state().osdMap();
    }
    if (!history.has(epoch)) {
      throw new CommandException(
          Errno.ENOENT,
          "there is no map for epoch "
              + epoch
              + " (kept: "
              + history.first()
              + ".."
              + history.last()
              + ")");
    }
    return OsdMap.decode(history.osdMap(epoch));
  }

  private static CommandReply getMap(CommandCall call) {
    OsdMap map = map(call);
    return new CommandReply(0, "got osdmap epoch " + map.epoch(), map.encode());
  }

  private static CommandReply getCrushMap(CommandCall call) {
    return new CommandReply(0, "", map(call).crush().encode());
  }

  private static CommandReply locate(CommandCall call) {
    OsdMap map = call.state().osdMap();
    PoolInfo pool = pool(map, call.text("pool"));
    String space = call.text("nspace", "");
    OsdMap.Location at = map.locate(pool.id(), call.text("object"), space, "");
    String name = (space.isEmpty() ? "" : space + "/") + call.text("object");
    PgMapping mapping = map.mapping(at.pg());
    String raw = pool.id() + "." + Integer.toHexString(at.hash());
    if (call.wantsJson()) {
      ObjectNode node = CommandCall.object().put("epoch", map.epoch()).put("pool", pool.name());
      node.put("pool_id", pool.id())
          .put("objname", name)
          .put("raw_pgid", raw)
          .put("pgid", at.pg().toString());
      mapping.up().forEach(node.putArray("up")::add);
      node.put("up_primary", mapping.upPrimary());
      mapping.acting().forEach(node.putArray("acting")::add);
      return call.json(node.put("acting_primary", mapping.primary()));
    }
    return CommandReply.output(
        "osdmap e"
            + map.epoch()
            + " pool '"
            + pool.name()
            + "' ("
            + pool.id()
            + ") object '"
            + name
            + "' -> pg "
            + raw
            + " ("
            + at.pg()
            + ") -> up ("
            + set(mapping.up())
            + ", p"
            + mapping.upPrimary()
            + ") acting ("
            + set(mapping.acting())
            + ", p"
            + mapping.primary()
            + ")\n");
  }

  /** A pool in the words of those commands that look in the map for it. */
  static PoolInfo pool(OsdMap map, String name) {
    return map.findPool(name)
        .orElseThrow(() -> new CommandException(Errno.ENOENT, "pool " + name + " does not exist"));
  }

  /** As Ceph prints OSD sets: {@code [2,0,1]}. */
  static String set(List<Integer> osds) {
    return osds.stream().map(String::valueOf).collect(Collectors.joining(",", "[", "]"));
  }

  /** Like the map's pools, but for the id, which Ceph calls differently here. */
  static CommandReply pools(CommandCall call) {
    StringBuilder text = new StringBuilder();
    ArrayNode array = CommandCall.JSON.createArrayNode();
    for (PoolInfo pool : call.state().osdMap().pools()) {
      ObjectNode node = poolJson(pool);
      node.remove("pool");
      array.add(node.put("pool_id", pool.id()));
      text.append(OsdMapText.pool(pool)).append('\n');
    }
    return call.wantsJson() ? call.json(array) : CommandReply.output(text.toString());
  }

  private static ObjectNode poolJson(PoolInfo pool) {
    ObjectNode node = Layouts.object("pool").put("pool", pool.id()).put("pool_name", pool.name());
    node.put("create_time", Units.time(pool.history().created())).put("flags", pool.flags());
    node.put("pg_num_target", pool.pgNum()).put("pg_num_pending", pool.pgNum());
    node.put("pg_placement_num_target", pool.layout().pgpNum());
    node.put("quota_max_bytes", pool.maxBytes()).put("quota_max_objects", pool.maxObjects());
    node.put("flags_names", PoolFlags.names(pool))
        .put("type", 1)
        .put("size", pool.size())
        .put("min_size", pool.minSize());
    node.put("crush_rule", pool.layout().crushRule())
        .put("object_hash", 2)
        .put("pg_num", pool.pgNum());
    node.put("pg_placement_num", pool.layout().pgpNum())
        .put("last_change", Integer.toString(pool.history().lastChange()));
    ObjectNode applications = node.putObject("application_metadata");
    pool.applications()
        .forEach((name, values) -> values.forEach(applications.putObject(name)::put));
    return node;
  }

  private static CommandReply dump(CommandCall call) {
    OsdMap map = map(call);
    return call.wantsJson() ? call.json(dumpJson(map)) : CommandReply.output(OsdMapText.dump(map));
  }

  static ObjectNode osdJson(OsdMap map, int osd) {
    OsdEntry entry = map.osd(osd);
    ObjectNode one = Layouts.object("osd").put("osd", osd).put("uuid", entry.uuid().toString());
    one.put("up", entry.isUp() ? 1 : 0).put("in", entry.isIn() ? 1 : 0);
    one.put("weight", share(entry.weight()))
        .put("primary_affinity", share(entry.primaryAffinity()));
    one.put("up_from", entry.life().upFrom());
    one.put("up_thru", entry.life().upThru()).put("down_at", entry.life().downAt());
    for (String which : List.of("public", "cluster", "heartbeat_back", "heartbeat_front")) {
      AddrVec addrs = which.equals("public") ? map.addrs(osd) : map.clusterAddrs(osd);
      one.set(which + "_addrs", Layouts.addrs(addrs));
      one.put(which + "_addr", addrs.addrs().isEmpty() ? ":/0" : Layouts.legacyAddr(addrs));
    }
    one.putArray("state").add("exists").add(entry.isUp() ? "up" : "down");
    return one;
  }

  /** 16.16 fixed point as a number. */
  static double share(int fixed) {
    return (double) fixed / OsdEntry.IN;
  }

  private static void upmaps(OsdMap map, ObjectNode node) {
    ArrayNode whole = node.putArray("pg_upmap");
    map.upmaps()
        .forEach(
            (pg, osds) ->
                osds.forEach(whole.addObject().put("pgid", pg.toString()).putArray("osds")::add));
    ArrayNode items = node.putArray("pg_upmap_items");
    map.upmapItems()
        .forEach(
            (pg, pairs) -> {
              ArrayNode to = items.addObject().put("pgid", pg.toString()).putArray("mappings");
              pairs.forEach(pair -> to.addObject().put("from", pair[0]).put("to", pair[1]));
            });
  }

  private static ObjectNode dumpJson(OsdMap map) {
    ObjectNode node =
        Layouts.object("osd_dump").put("epoch", map.epoch()).put("fsid", map.fsid().toString());
    node.put("flags", String.join(",", MapFlags.names(map.flags()))).put("flags_num", map.flags());
    MapFlags.names(map.flags()).forEach(node.putArray("flags_set")::add);
    FullRatios ratios = map.fullRatios();
    node.put("full_ratio", ratios.full()).put("backfillfull_ratio", ratios.backfillfull());
    node.put("nearfull_ratio", ratios.nearfull());
    node.put("pool_max", map.poolMax()).put("min_compat_client", "jewel");
    ObjectNode blocked = node.putObject("blocklist");
    map.blocklist().forEach((addr, until) -> blocked.put(addr.toString(), Units.time(until)));
    node.put("created", Units.time(map.created())).put("modified", Units.time(map.modified()));
    node.put("require_min_compat_client", "jewel").put("require_osd_release", "pacific");
    ArrayNode pools = node.putArray("pools");
    map.pools().forEach(pool -> pools.add(poolJson(pool)));
    node.put("max_osd", map.maxOsd());
    ArrayNode osds = node.putArray("osds");
    ArrayNode xinfo = node.putArray("osd_xinfo");
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      OsdEntry entry = map.osd(osd);
      if (entry.exists()) {
        osds.add(osdJson(map, osd));
        xinfo.addObject().setAll(Layouts.object("osd_xinfo").put("osd", osd));
      }
    }
    ArrayNode temp = node.putArray("pg_temp");
    map.pgTemp()
        .forEach(
            (pg, acting) ->
                acting.forEach(temp.addObject().put("pgid", pg.toString()).putArray("osds")::add));
    upmaps(map, node);
    return node;
  }
}
