package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdEntry;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PgEntry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;

/** {@code osd tree, stat, ls, df, down, out, in}: the OSDs and what to do with them. */
final class OsdCommands {
  private OsdCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read("osd tree", "print OSD tree", OsdCommands::tree),
        Commands.Command.read("osd stat", "print summary of OSD map", OsdCommands::stat),
        Commands.Command.read("osd ls", "show all OSD ids", OsdCommands::list),
        Commands.Command.read("osd df", "show OSD utilization", OsdCommands::df),
        Commands.Command.write(
            "osd down ids:CephString,n=N definitely_dead:CephBool?",
            "set osd(s) <id> [<id>...] down",
            call -> each(call, osd -> down(call, osd))),
        Commands.Command.write(
            "osd out ids:CephString,n=N",
            "set osd(s) <id> [<id>...] out",
            call -> each(call, osd -> new Change.Reweight(osd, 0, false, call.context().now()))),
        Commands.Command.write(
            "osd in ids:CephString,n=N",
            "set osd(s) <id> [<id>...] in",
            call ->
                each(
                    call,
                    osd -> new Change.Reweight(osd, OsdEntry.IN, false, call.context().now()))));
  }

  private static Change down(CommandCall call, int osd) {
    return new Change.MarkDown(osd, call.state().osdMap().addr(osd).nonce(), call.context().now());
  }

  /**
   * Proposes a change for each OSD named ("3", "osd.3", "all"), one after the other; the first
   * refusal is the answer.
   */
  private static CompletableFuture<CommandReply> each(
      CommandCall call, IntFunction<Change> change) {
    CompletableFuture<CommandReply> all = CompletableFuture.completedFuture(CommandReply.done(""));
    for (int osd : ids(call)) {
      all =
          all.thenCompose(
              before ->
                  before.result() != 0
                      ? CompletableFuture.completedFuture(before)
                      : call.context()
                          .propose(change.apply(osd))
                          .thenApply(outcome -> joined(before, outcome)));
    }
    return all;
  }

  private static CommandReply joined(CommandReply before, Outcome outcome) {
    return outcome.ok()
        ? CommandReply.done(before.text() + outcome.text())
        : CommandReply.of(outcome);
  }

  private static TreeSet<Integer> ids(CommandCall call) {
    OsdMap map = call.state().osdMap();
    TreeSet<Integer> ids = new TreeSet<>();
    for (String name : call.texts("ids")) {
      if (name.equals("all") || name.equals("any") || name.equals("*")) {
        for (int osd = 0; osd < map.maxOsd(); osd++) {
          if (map.exists(osd)) {
            ids.add(osd);
          }
        }
      } else {
        int osd = call.parse("osd id", name.startsWith("osd.") ? name.substring(4) : name);
        if (!map.exists(osd)) {
          throw new CommandException(Errno.ENOENT, "osd." + osd + " does not exist. ");
        }
        ids.add(osd);
      }
    }
    return ids;
  }

  private static CommandReply stat(CommandCall call) {
    StatusCommands.OsdCounts counts = StatusCommands.OsdCounts.of(call.state().osdMap());
    if (call.wantsJson()) {
      ObjectNode node = CommandCall.object().put("epoch", call.state().epoch());
      node.put("num_osds", counts.total())
          .put("num_up_osds", counts.up())
          .put("num_in_osds", counts.in());
      return call.json(node);
    }
    return CommandReply.output(counts + "; epoch: e" + call.state().epoch() + "\n");
  }

  private static CommandReply list(CommandCall call) {
    ArrayNode array = CommandCall.JSON.createArrayNode();
    StringBuilder text = new StringBuilder();
    OsdMap map = call.state().osdMap();
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd)) {
        array.add(osd);
        text.append(osd).append('\n');
      }
    }
    return call.wantsJson() ? call.json(array) : CommandReply.output(text.toString());
  }

  private static CommandReply tree(CommandCall call) {
    OsdMap map = call.state().osdMap();
    Map<String, List<Integer>> hosts = map.crush().hosts();
    double total =
        hosts.values().stream().flatMap(List::stream).mapToDouble(map.crush()::deviceWeight).sum();
    if (call.wantsJson()) {
      return call.json(treeJson(map, hosts));
    }
    TextTable table =
        new TextTable()
            .right("ID")
            .left("CLASS")
            .right("WEIGHT")
            .left("TYPE NAME")
            .right("STATUS")
            .right("REWEIGHT");
    table.right("PRI-AFF").row(-1, "", Units.weight(total), "root default", "", "", "");
    int bucket = -2;
    for (Map.Entry<String, List<Integer>> host : hosts.entrySet()) {
      double weight = host.getValue().stream().mapToDouble(map.crush()::deviceWeight).sum();
      table.row(bucket--, "", Units.weight(weight), "    host " + host.getKey(), "", "", "");
      for (int osd : host.getValue()) {
        OsdEntry entry = map.osd(osd);
        table.row(
            osd,
            "",
            Units.weight(map.crush().deviceWeight(osd)),
            "        osd." + osd,
            entry.isUp() ? "up" : "down",
            Units.weight((double) entry.weight() / OsdEntry.IN),
            Units.weight((double) entry.primaryAffinity() / OsdEntry.IN));
      }
    }
    return CommandReply.output(table.toString());
  }

  private static ObjectNode treeJson(OsdMap map, Map<String, List<Integer>> hosts) {
    ObjectNode tree = CommandCall.object();
    ArrayNode nodes = tree.putArray("nodes");
    ObjectNode root =
        nodes
            .addObject()
            .put("id", -1)
            .put("name", "default")
            .put("type", "root")
            .put("type_id", 11);
    ArrayNode children = root.putArray("children");
    int bucket = -2;
    for (Map.Entry<String, List<Integer>> host : hosts.entrySet()) {
      children.add(bucket);
      ObjectNode node = nodes.addObject().put("id", bucket--).put("name", host.getKey());
      node.put("type", "host").put("type_id", 1);
      host.getValue().forEach(node.putArray("children")::add);
      for (int osd : host.getValue()) {
        OsdEntry entry = map.osd(osd);
        ObjectNode leaf =
            nodes.addObject().put("id", osd).put("name", "osd." + osd).put("type", "osd");
        leaf.put("type_id", 0).put("crush_weight", map.crush().deviceWeight(osd)).put("depth", 2);
        leaf.put("exists", 1).put("status", entry.isUp() ? "up" : "down");
        leaf.put("reweight", (double) entry.weight() / OsdEntry.IN).put("primary_affinity", 1);
      }
    }
    tree.putArray("stray");
    return tree;
  }

  private static CommandReply df(CommandCall call) {
    MonState state = call.state();
    OsdMap map = state.osdMap();
    Map<Integer, Integer> groups = new TreeMap<>();
    for (PgEntry entry : state.pgs().entries()) {
      entry.acting().forEach(osd -> groups.merge(osd, 1, Integer::sum));
    }
    ObjectNode node = CommandCall.object();
    ArrayNode nodes = node.putArray("nodes");
    TextTable table =
        new TextTable().right("ID").right("WEIGHT").right("REWEIGHT").right("SIZE").right("PGS");
    table.right("STATUS");
    state
        .osds()
        .forEach(
            (osd, facts) -> {
              OsdEntry entry = map.osd(osd);
              double reweight = (double) entry.weight() / OsdEntry.IN;
              int pgs = groups.getOrDefault(osd, 0);
              String status = entry.isUp() ? "up" : "down";
              String weight = Units.weight(map.crush().deviceWeight(osd));
              table.row(
                  osd,
                  weight,
                  Units.weight(reweight),
                  Units.bytes(facts.totalBytes()),
                  pgs,
                  status);
              nodes
                  .addObject()
                  .put("id", osd)
                  .put("reweight", reweight)
                  .put("kb", facts.totalBytes() / 1024)
                  .put("pgs", pgs)
                  .put("status", status);
            });
    return call.wantsJson() ? call.json(node) : CommandReply.output(table.toString());
  }
}
