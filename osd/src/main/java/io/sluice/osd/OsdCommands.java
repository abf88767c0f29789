package io.sluice.osd;

import io.sluice.types.PgId;
import java.util.List;

/**
 * What an OSD can be told that concerns operations and placement groups: the entries of its table.
 */
final class OsdCommands {
  private OsdCommands() {}

  static void addTo(DaemonCommands commands, Osd osd, OpTracker tracker) {
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
    commands.add(
        "dump_historic_slow_ops", "the last of a second or more", arguments -> tracker.slow());
    addScrub(commands, osd, "scrub", "compare the copies of a placement group by their versions");
    addScrub(commands, osd, "deep_scrub", "compare all bytes of the copies of a placement group");
    addScrub(commands, osd, "repair", "deep_scrub, and replace copies that are bad");
    commands.add(
        "pg",
        List.of(
            "pg",
            DaemonCommands.parameter("pgid", "CephPgid"),
            DaemonCommands.parameter("cmd", "CephChoices", "strings", "query")),
        "what this OSD knows of a placement group",
        arguments -> osd.query(arguments.path("pgid").asText()));
    commands.add(
        "query",
        List.of("query", DaemonCommands.parameter("pgid", "CephPgid", "req", "false")),
        "what this OSD knows of a placement group",
        arguments -> osd.query(arguments.path("pgid").asText()));
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
