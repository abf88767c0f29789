package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PgEntry;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntFunction;

/** {@code osd info, find, perf, utilization ...}: questions about single OSDs. */
final class OsdInfoCommands {
  private OsdInfoCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "osd info id:CephOsdName?", "print osd's {id} information", OsdInfoCommands::info),
        Commands.Command.read(
            "osd find id:CephOsdName", "find osd <id> in the CRUSH map", OsdInfoCommands::find),
        Commands.Command.read("osd getmaxosd", "show largest OSD id", OsdInfoCommands::maxOsd),
        Commands.Command.read(
            "osd perf", "print dump of OSD perf summary stats", OsdInfoCommands::perf),
        Commands.Command.read(
            "osd utilization", "get basic pg distribution stats", OsdInfoCommands::utilization),
        Commands.Command.read("osd numa-status", "show NUMA status of OSDs", OsdInfoCommands::numa),
        Commands.Command.read(
            "osd blocklist ls", "show blocklisted clients", OsdInfoCommands::blocklist),
        Commands.Command.read(
            "osd get-require-min-compat-client",
            "get the minimum client version we will maintain compatibility with",
            call ->
                call.wantsJson()
                    ? call.json(CommandCall.object())
                    : CommandReply.output("jewel\n")),
        Commands.Command.read(
            "osd last-stat-seq id:CephOsdName",
            "get the last pg stats sequence number reported for this osd",
            call -> CommandReply.output("0\n".repeat(known(call, "id") >= 0 ? 1 : 0))));
  }

  /** The OSD that an argument ("3" or "osd.3") names; ENOENT when there is none. */
  static int known(CommandCall call, String argument) {
    return known(call, argument, call.text(argument));
  }

  /** Of {@code osd.3} or {@code 3}, whether there is one or not. */
  static int number(CommandCall call, String argument, String name) {
    return call.parse(argument, name.startsWith("osd.") ? name.substring(4) : name);
  }

  static int known(CommandCall call, String argument, String name) {
    int osd = number(call, argument, name);
    if (!call.state().osdMap().exists(osd)) {
      throw new CommandException(Errno.ENOENT, "osd." + osd + " does not exist");
    }
    return osd;
  }

  private static ArrayNode each(CommandCall call, IntFunction<ObjectNode> describe) {
    ArrayNode all = CommandCall.JSON.createArrayNode();
    OsdMap map = call.state().osdMap();
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd)) {
        all.add(describe.apply(osd));
      }
    }
    return all;
  }

  private static CommandReply info(CommandCall call) {
    OsdMap map = call.state().osdMap();
    int only = call.has("id") ? known(call, "id") : -1;
    if (call.wantsJson()) {
      return call.json(
          only >= 0
              ? OsdMapCommands.osdJson(map, only)
              : each(call, osd -> OsdMapCommands.osdJson(map, osd)));
    }
    StringBuilder text = new StringBuilder();
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd) && (only < 0 || only == osd)) {
        text.append(OsdMapText.osd(map, osd)).append('\n');
      }
    }
    return CommandReply.output(text.toString());
  }

  private static CommandReply find(CommandCall call) {
    int osd = known(call, "id");
    OsdMap map = call.state().osdMap();
    String host = map.crush().hostOf(osd).orElse("");
    ObjectNode node = CommandCall.object().put("osd", osd);
    node.set("addrs", Layouts.addrs(map.addrs(osd)));
    node.put("osd_fsid", map.osd(osd).uuid().toString()).put("host", host);
    node.put("container_name", "");
    node.putObject("crush_location").put("host", host).put("root", "default");
    return call.json(node);
  }

  private static CommandReply maxOsd(CommandCall call) {
    int max = call.state().osdMap().maxOsd();
    int epoch = call.state().epoch();
    return call.wantsJson()
        ? call.json(CommandCall.object().put("epoch", epoch).put("max_osd", max))
        : CommandReply.output("max_osd = " + max + " in epoch " + epoch + "\n");
  }

  /** What is committed can be read: one number is both. */
  private static CommandReply perf(CommandCall call) {
    ObjectNode node = CommandCall.object().put("pg_ready", true);
    ArrayNode infos = node.putObject("osdstats").putArray("osd_perf_infos");
    infos.addAll(
        each(
            call,
            osd -> {
              ObjectNode one = CommandCall.object().put("id", osd);
              OsdStats told = call.context().reports().store(osd);
              long nanos = told == null ? 0 : told.commitNanos();
              ObjectNode stats = one.putObject("perf_stats");
              stats.put("commit_latency_ms", nanos / 1_000_000);
              stats.put("apply_latency_ms", nanos / 1_000_000);
              stats.put("commit_latency_ns", nanos).put("apply_latency_ns", nanos);
              return one;
            }));
    if (call.wantsJson()) {
      return call.json(node);
    }
    TextTable table = new TextTable();
    table.right("osd").right("commit_latency(ms)").right("apply_latency(ms)");
    for (JsonNode one : infos) {
      JsonNode stat = one.get("perf_stats");
      table.row(
          one.get("id").asText(),
          stat.get("commit_latency_ms").asText(),
          stat.get("apply_latency_ms").asText());
    }
    return CommandReply.output(table.toString());
  }

  private static Map<Integer, Integer> groups(CommandCall call) {
    Map<Integer, Integer> groups = new TreeMap<>();
    OsdMap map = call.state().osdMap();
    for (int osd = 0; osd < map.maxOsd(); osd++) {
      if (map.exists(osd) && map.isIn(osd)) {
        groups.put(osd, 0);
      }
    }
    for (PgEntry entry : call.state().pgs().entries()) {
      entry.up().forEach(osd -> groups.merge(osd, 1, Integer::sum));
    }
    return groups;
  }

  private static CommandReply utilization(CommandCall call) {
    Map<Integer, Integer> groups = groups(call);
    double mean = groups.values().stream().mapToInt(each -> each).average().orElse(0);
    double variance =
        groups.values().stream().mapToDouble(n -> (n - mean) * (n - mean)).average().orElse(0);
    ObjectNode node = CommandCall.object().put("avg_pgs", mean).put("std_dev", Math.sqrt(variance));
    double chance = groups.isEmpty() ? 0 : 1.0 / groups.size();
    double expected = Math.sqrt(mean * groups.size() * chance * (1 - chance));
    node.put("expected_baseline_std_dev", expected);
    Map.Entry<Integer, Integer> least = Map.entry(0, 0);
    Map.Entry<Integer, Integer> most = Map.entry(0, 0);
    for (Map.Entry<Integer, Integer> each : groups.entrySet()) {
      most = each.getValue() > most.getValue() ? each : most;
      least = least.getValue() == 0 || each.getValue() < least.getValue() ? each : least;
    }
    node.put("min_osd", least.getKey()).put("min_osd_pgs", least.getValue());
    node.put("max_osd", most.getKey()).put("max_osd_pgs", most.getValue());
    if (call.wantsJson()) {
      return call.json(node);
    }
    return CommandReply.output(
        "avg "
            + Units.number(mean)
            + "\nstddev "
            + Units.number(Math.sqrt(variance))
            + " (expected baseline "
            + Units.number(expected)
            + ")\n"
            + utilized("min", least, mean)
            + utilized("max", most, mean));
  }

  private static String utilized(String what, Map.Entry<Integer, Integer> osd, double mean) {
    String share = Units.number(mean == 0 ? 0 : osd.getValue() / mean);
    String groups = " with " + osd.getValue() + " pgs (" + share + " * mean)\n";
    return what + " osd." + osd.getKey() + groups;
  }

  private static CommandReply numa(CommandCall call) {
    OsdMap map = call.state().osdMap();
    TextTable table = new TextTable().right("OSD").left("HOST").right("NETWORK").right("STORAGE");
    table.right("AFFINITY").left("CPUS");
    ArrayNode all =
        each(
            call,
            osd -> {
              String host = map.crush().hostOf(osd).orElse("");
              table.row(osd, host, "-", "-", "-", "-");
              return CommandCall.object().put("osd", osd).put("host", host);
            });
    return call.wantsJson() ? call.json(all) : CommandReply.output(table.toString());
  }

  private static CommandReply blocklist(CommandCall call) {
    ArrayNode all = CommandCall.JSON.createArrayNode();
    StringBuilder text = new StringBuilder();
    call.state()
        .osdMap()
        .blocklist()
        .forEach(
            (addr, until) -> {
              all.addObject().put("addr", addr.toString()).put("until", Units.time(until));
              text.append(addr).append(' ').append(Units.time(until)).append('\n');
            });
    CommandReply listed = call.wantsJson() ? call.json(all) : CommandReply.output(text.toString());
    return new CommandReply(0, "listed " + all.size() + " entries", listed.output());
  }
}
