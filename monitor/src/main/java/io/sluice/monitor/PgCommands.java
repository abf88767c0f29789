package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgStats;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolStats;
import io.sluice.protocol.ScrubFacts;
import io.sluice.types.PgId;
import java.util.List;
import java.util.function.Predicate;

/** {@code pg stat, dump, ls, map}: the monitor's table of placement groups. */
final class PgCommands {
  private static final String DUMPS = "all|summary|sum|delta|pools|osds|pgs|pgs_brief";

  private PgCommands() {}

  static List<Commands.Command> all() {
    String states = " states:CephString?,n=N";
    return List.of(
        Commands.Command.read("pg stat", "show placement group status", PgCommands::stat),
        Commands.Command.read(
            "pg dump dumpcontents:CephChoices?,strings=" + DUMPS + ",n=N",
            "show human-readable versions of pg map",
            PgCommands::dump),
        Commands.Command.read(
            "pg dump_json dumpcontents:CephChoices?,strings=all|summary|sum|pools|osds|pgs,n=N",
            "show human-readable version of pg map in json only",
            call -> {
              String what = call.has("dumpcontents") ? call.texts("dumpcontents").get(0) : "all";
              JsonNode map = dumpJson(call, what.equals("pgs") ? "all" : what);
              return new CommandReply(0, "dumped " + what, call.json(map).output());
            }),
        Commands.Command.read(
            "pg dump_pools_json",
            "show pg pools info in json only",
            call -> call.json(dumpJson(call, "pools"))),
        Commands.Command.read(
            "pg ls pool:CephInt?" + states,
            "list pg with specific pool, osd, state",
            call -> list(call, entry -> true)),
        Commands.Command.read(
            "pg ls-by-pool poolstr:CephString" + states,
            "list pg with pool = [poolname]",
            PgCommands::listPool),
        Commands.Command.read(
            "pg ls-by-osd osd:CephOsdName" + states,
            "list pg on osd [osd]",
            call -> {
              int osd = OsdInfoCommands.known(call, "osd");
              return list(call, entry -> entry.up().contains(osd) || entry.acting().contains(osd));
            }),
        Commands.Command.read(
            "pg ls-by-primary osd:CephOsdName" + states,
            "list pg with primary = [osd]",
            call -> {
              int osd = OsdInfoCommands.known(call, "osd");
              return list(call, entry -> entry.primary() == osd);
            }),
        Commands.Command.read(
            "pg dump_stuck"
                + " stuckops:CephChoices?,strings=inactive|unclean|stale|undersized|degraded,n=N"
                + " threshold:CephInt?",
            "show information about stuck pgs",
            PgCommands::stuck),
        Commands.Command.read(
            "pg map pgid:CephPgid", "show mapping of pg to osds", PgCommands::map));
  }

  private static CommandReply stat(CommandCall call) {
    PgSummary pgs = PgSummary.of(call.state(), call.context().reports());
    if (call.wantsJson()) {
      ObjectNode node = CommandCall.object().put("pg_ready", true);
      ObjectNode summary = node.putObject("pg_summary").put("num_pgs", pgs.total());
      ArrayNode states = summary.putArray("num_pg_by_state");
      pgs.counts().forEach((name, count) -> states.addObject().put("name", name).put("num", count));
      OsdReports reports = call.context().reports();
      long used = reports.usedBytes(call.state());
      summary.put("num_bytes", reports.all(call.state()).bytes());
      summary.put("total_bytes", reports.totalBytes(call.state()));
      summary.put("total_avail_bytes", reports.freeBytes(call.state()));
      summary.put("total_used_bytes", used).put("total_used_raw_bytes", used);
      return call.json(node);
    }
    return CommandReply.output(
        pgs.total() + " pgs: " + pgs + "; " + StatusCommands.usage(call, " data, ") + "\n");
  }

  private static ObjectNode json(CommandCall call, PgEntry entry) {
    ObjectNode one = brief(call, entry);
    ObjectNode full = Layouts.object("pg");
    full.setAll(one);
    full.put("mapping_epoch", entry.intervalSince()).put("reported_epoch", call.state().epoch());
    PgStats told = call.context().reports().group(entry.pg());
    if (told != null && full.get("stat_sum") instanceof ObjectNode sum) {
      full.put("version", told.lastUpdate().toString()).put("log_size", told.logSize());
      sum.put("num_objects", told.objects()).put("num_bytes", told.bytes());
      sum.put("num_object_copies", told.objects() * entry.acting().size());
      sum.put("num_read", told.reads()).put("num_read_kb", told.readKib());
      sum.put("num_write", told.writes()).put("num_write_kb", told.writtenKib());
      sum.put("num_scrub_errors", told.inconsistent());
      ScrubFacts scrubs = told.scrubs();
      sum.put("num_omap_keys", scrubs.omapKeys()).put("num_omap_bytes", scrubs.omapBytes());
      full.put("last_scrub", scrubs.last().toString());
      full.put("last_scrub_stamp", Units.time(scrubs.ended()));
      full.put("last_deep_scrub", scrubs.lastDeep().toString());
      full.put("last_deep_scrub_stamp", Units.time(scrubs.deepEnded()));
    }
    return full;
  }

  private static ObjectNode brief(CommandCall call, PgEntry entry) {
    ObjectNode one = CommandCall.object().put("pgid", entry.pg().toString());
    one.put("state", stateOf(call, entry));
    entry.up().forEach(one.putArray("up")::add);
    entry.acting().forEach(one.putArray("acting")::add);
    one.put("up_primary", entry.up().isEmpty() ? -1 : entry.up().get(0));
    return one.put("acting_primary", entry.primary());
  }

  private static String stateOf(CommandCall call, PgEntry entry) {
    return PgSummary.stateOf(entry, call.state(), call.context().reports());
  }

  private static CommandReply list(CommandCall call, Predicate<PgEntry> wanted) {
    long pool = call.has("pool") ? call.number("pool", 0) : -1;
    List<String> states = call.has("states") ? call.texts("states") : List.of();
    ObjectNode node = CommandCall.object().put("pg_ready", true);
    ArrayNode array = node.putArray("pg_stats");
    for (PgEntry entry : call.state().pgs().entries()) {
      List<String> is = List.of(stateOf(call, entry).split("\\+"));
      if (wanted.test(entry) && (pool < 0 || pool == entry.pg().pool()) && is.containsAll(states)) {
        array.add(json(call, entry));
      }
    }
    return call.wantsJson() ? call.json(node) : CommandReply.output(PgTables.list(array));
  }

  private static CommandReply listPool(CommandCall call) {
    PoolInfo pool = OsdMapCommands.pool(call.state().osdMap(), call.text("poolstr"));
    return list(call, entry -> entry.pg().pool() == pool.id());
  }

  private static CommandReply stuck(CommandCall call) {
    ObjectNode node = CommandCall.object().put("pg_ready", true);
    ArrayNode array = node.putArray("stuck_pg_stats");
    for (PgEntry entry : call.state().pgs().entries()) {
      if (!stateOf(call, entry).startsWith("active+clean")) {
        array.add(json(call, entry));
      }
    }
    if (call.wantsJson()) {
      return call.json(node);
    }
    return array.isEmpty()
        ? CommandReply.done("ok")
        : new CommandReply(0, "ok", CommandReply.output(PgTables.brief(array)).output());
  }

  private static CommandReply map(CommandCall call) {
    String text = call.text("pgid");
    PgEntry entry =
        call.state().pgs().entries().stream()
            .filter(each -> each.pg().toString().equals(text))
            .findFirst()
            .orElseThrow(
                () -> new CommandException(Errno.ENOENT, "pg '" + text + "' does not exist"));
    PgId pg = entry.pg();
    if (call.wantsJson()) {
      ObjectNode node = CommandCall.object().put("epoch", call.state().epoch());
      node.put("raw_pgid", pg.toString()).put("pgid", pg.toString());
      entry.up().forEach(node.putArray("up")::add);
      entry.acting().forEach(node.putArray("acting")::add);
      return call.json(node);
    }
    String sets =
        "up " + OsdMapCommands.set(entry.up()) + " acting " + OsdMapCommands.set(entry.acting());
    return CommandReply.output(
        "osdmap e" + call.state().epoch() + " pg " + pg + " (" + pg + ") -> " + sets + "\n");
  }

  private static CommandReply dump(CommandCall call) {
    String what = call.has("dumpcontents") ? call.texts("dumpcontents").get(0) : "all";
    return call.wantsJson()
        ? new CommandReply(0, "dumped " + what, call.json(dumpJson(call, what)).output())
        : PgTables.dump(dumpJson(call, "all").get("pg_map"), what);
  }

  private static ObjectNode dumpJson(CommandCall call, String what) {
    ObjectNode map = Layouts.object("pg_map").put("version", call.state().epoch());
    map.put("last_osdmap_epoch", call.state().epoch());
    map.put("stamp", Units.time(call.context().now()));
    ArrayNode pgs = map.putArray("pg_stats");
    boolean brief = what.equals("pgs_brief");
    for (PgEntry entry : call.state().pgs().entries()) {
      pgs.add(brief ? brief(call, entry) : json(call, entry));
    }
    ArrayNode pools = map.putArray("pool_stats");
    for (PoolInfo pool : call.state().osdMap().pools()) {
      ObjectNode one = Layouts.object("pool_stat").put("poolid", pool.id());
      PoolStats in = call.context().reports().pool(call.state(), pool);
      ObjectNode sum = (ObjectNode) one.get("stat_sum");
      sum.put("num_bytes", in.bytes()).put("num_objects", in.objects());
      sum.put("num_object_copies", in.copies());
      sum.put("num_read", in.reads()).put("num_read_kb", in.readKib());
      sum.put("num_write", in.writes()).put("num_write_kb", in.writtenKib());
      ObjectNode store = (ObjectNode) one.get("store_stats");
      store.put("allocated", in.allocatedBytes()).put("data_stored", in.storedBytes());
      pools.add(one.put("num_pg", pool.pgNum()));
    }
    ArrayNode osds = map.putArray("osd_stats");
    call.state()
        .osds()
        .forEach(
            (osd, facts) -> {
              ObjectNode one = Layouts.object("osd_stat").put("osd", osd);
              OsdReports reports = call.context().reports();
              long total = reports.totalBytes(osd, facts);
              long used = reports.usedBytes(osd);
              one.put("kb", total / 1024).put("kb_used", used / 1024);
              one.put("kb_avail", (total - used) / 1024).put("num_osds", 1);
              ObjectNode statfs = (ObjectNode) one.get("statfs");
              statfs.put("total", total).put("available", total - used);
              osds.add(one);
            });
    ObjectNode node = CommandCall.object().put("pg_ready", true);
    switch (what) {
      case "pools" -> node.set("pool_stats", pools);
      case "osds" -> {
        node.set("osd_stats", osds);
        node.set("pool_statfs", map.get("pool_statfs"));
      }
      case "pgs", "pgs_brief" -> node.set("pg_stats", pgs);
      case "summary", "sum", "delta" -> {
        map.remove(List.of("pg_stats", "pool_stats", "osd_stats", "pool_statfs"));
        node.set("pg_map", map);
      }
      default -> node.set("pg_map", map);
    }
    return node;
  }
}
