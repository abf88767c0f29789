package io.sluice.osd;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.DaemonOptions;
import io.sluice.protocol.Errno;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What an OSD can be told that concerns operations and placement groups: the entries of its table.
 */
final class OsdCommands {
  private OsdCommands() {}

  static void addTo(
      DaemonCommands commands, Osd osd, OpTracker tracker, ObjectStore.Caches caches) {
    commands.add("status", "what this OSD knows", arguments -> osd.report().status());
    commands.add(
        "dump_ops_in_flight", "client operations in hand", arguments -> tracker.inFlight());
    commands.add("ops", "client operations in hand", arguments -> tracker.inFlight());
    commands.add("dump_blocked_ops", "those that wait for long", arguments -> tracker.blocked());
    commands.add(
        "get_mapped_pools",
        "pools with groups here",
        arguments -> osd.report().groups().keySet().stream().map(PgId::pool).distinct().toList());
    commands.add(
        "dump_historic_ops", "the last client operations", arguments -> tracker.historic());
    commands.add(
        "dump_historic_ops_by_duration",
        "the last, slowest first",
        arguments -> tracker.historicByDuration());
    commands.add("dump_historic_slow_ops", "the last that took long", arguments -> tracker.slow());
    addConfig(commands, osd);
    commands.add(
        "cache drop",
        "forget what the store keeps in memory",
        arguments -> {
          caches.drop();
          return new DaemonCommands.Answer(0, "", new byte[0]);
        });
    refuse(commands);
    addScrub(commands, osd, "scrub", "compare the copies of a placement group by their versions");
    addScrub(commands, osd, "deep_scrub", "compare all bytes of the copies of a placement group");
    addScrub(commands, osd, "repair", "deep_scrub, and replace copies that are bad");
    addGroup(commands, osd);
  }

  /** {@code ceph pg PG ...}, as one command as Ceph's clients once sent it, and as several. */
  private static void addGroup(DaemonCommands commands, Osd osd) {
    Object group = DaemonCommands.parameter("pgid", "CephPgid", "req", "false");
    Object how = DaemonCommands.parameter("mulcmd", "CephChoices", "strings", "revert|delete");
    Map<String, List<Object>> signatures = new LinkedHashMap<>();
    signatures.put("query", List.of("query", group));
    signatures.put("list_unfound", List.of("list_unfound", group));
    signatures.put("mark_unfound_lost", List.of("mark_unfound_lost", group, how));
    signatures.forEach(
        (name, signature) ->
            commands.add(
                name,
                signature,
                "what this OSD knows of a placement group",
                arguments -> ofGroup(osd, name, arguments)));
    commands.add(
        "pg",
        List.of(
            "pg",
            DaemonCommands.parameter("pgid", "CephPgid"),
            DaemonCommands.parameter(
                "cmd", "CephChoices", "strings", String.join("|", signatures.keySet())),
            DaemonCommands.parameter(
                "mulcmd", "CephChoices", "strings", "revert|delete", "req", "false")),
        "what this OSD knows of a placement group",
        arguments -> ofGroup(osd, arguments.path("cmd").asText(), arguments));
  }

  /** Of what is unfound there is nothing: a group that cannot know all of its objects waits. */
  private static Object ofGroup(Osd osd, String command, JsonNode arguments) {
    Object found = osd.query(arguments.path("pgid").asText());
    if (found == null || command.equals("query")) {
      return found;
    }
    return command.equals("list_unfound")
        ? PgQuery.nothingUnfound(found)
        : new DaemonCommands.Answer(0, "pg has no unfound objects", new byte[0]);
  }

  /** Options for this OSD alone, until it ends. (ceph: an override) */
  private static void addConfig(DaemonCommands commands, Osd osd) {
    Map<String, Object> option = DaemonCommands.parameter("var", "CephString");
    commands.add(
        "config set",
        List.of("config", "set", option, DaemonCommands.parameter("val", "CephString", "n", "N")),
        "config set <field> <val> [<val> ...]: set a config variable of this OSD until it ends",
        arguments -> set(osd, arguments));
    commands.add(
        "config unset",
        List.of("config", "unset", option),
        "config unset <field>: what 'config set' said is forgotten",
        arguments -> {
          osd.tell(arguments.path("var").asText(), null);
          return Map.of("success", "");
        });
  }

  private static Object set(Osd osd, JsonNode arguments) {
    String name = arguments.path("var").asText();
    List<String> words = new ArrayList<>();
    JsonNode given = arguments.path("val");
    (given.isArray() ? given : List.of(given)).forEach(word -> words.add(word.asText()));
    String value = String.join(" ", words);
    if (!DaemonOptions.obeyedByOsds(name)) {
      String known = String.join(", ", osd.options().show().keySet());
      return DaemonCommands.Answer.refused(
          Errno.EOPNOTSUPP, "no OSD obeys '" + name + "' while it runs, these they do: " + known);
    }
    if (!osd.tell(name, value)) {
      return DaemonCommands.Answer.refused(
          Errno.EINVAL, "error setting '" + name + "' to '" + value + "': (22) Invalid argument");
    }
    return Map.of("success", name + " = '" + value + "' ");
  }

  /** What Ceph's OSDs do when told, and ours do not. */
  private static void refuse(DaemonCommands commands) {
    commands.refuse("injectargs", Errno.EOPNOTSUPP, "an option is set by 'config set'");
    commands.refuse("config help", Errno.EOPNOTSUPP, "monitors know: 'ceph config help'");
    commands.refuse("perf reset", Errno.EOPNOTSUPP, "counters count from the daemon's start on");
    commands.refuse("bench", Errno.EOPNOTSUPP, "what an OSD can do 'rados bench' measures");
    commands.refuse("compact", Errno.EOPNOTSUPP, "the store compacts what it has scattered itself");
    commands.refuse("heap", Errno.EOPNOTSUPP, "could not issue heap profiler command -- a JVM's");
    commands.refuse("cache status", Errno.EOPNOTSUPP, "see 'perf dump', section store");
    commands.refuse("dump_mempools", Errno.EOPNOTSUPP, "see 'perf dump', section store");
    commands.refuse("log dump", Errno.EOPNOTSUPP, "what is logged is in the daemon's log at once");
    for (String verb : List.of("injectdataerr", "injectmdataerr", "injectfull")) {
      commands.refuse(verb, Errno.EOPNOTSUPP, "faults are injected by the tests' own disks");
    }
  }

  private static void addScrub(DaemonCommands commands, Osd osd, String prefix, String help) {
    boolean deep = !prefix.equals("scrub");
    boolean repair = prefix.equals("repair");
    commands.add(
        prefix,
        List.of(prefix, DaemonCommands.parameter("pgid", "CephPgid")),
        help,
        arguments -> osd.scrub(PgQuery.parse(arguments.path("pgid").asText()), deep, repair));
  }
}
