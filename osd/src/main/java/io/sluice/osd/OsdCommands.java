package io.sluice.osd;

import io.sluice.protocol.Errno;
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
    refuse(commands);
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

  /** What Ceph's OSDs do when told, and ours do not. */
  private static void refuse(DaemonCommands commands) {
    String central = "options are set by 'ceph config set osd.N'";
    for (String prefix : List.of("config set", "config unset", "injectargs")) {
      commands.refuse(prefix, Errno.EOPNOTSUPP, central);
    }
    commands.refuse("config help", Errno.EOPNOTSUPP, "monitors know: 'ceph config help'");
    commands.refuse("perf reset", Errno.EOPNOTSUPP, "counters count from the daemon's start on");
    commands.refuse("perf histogram dump", Errno.EOPNOTSUPP, "see the metrics' histograms");
    commands.refuse("bench", Errno.EOPNOTSUPP, "what an OSD can do 'rados bench' measures");
    commands.refuse("compact", Errno.EOPNOTSUPP, "the store compacts what it has scattered itself");
    commands.refuse("heap", Errno.EOPNOTSUPP, "could not issue heap profiler command -- a JVM's");
    commands.refuse("cache drop", Errno.EOPNOTSUPP, "caches have bounds and are not emptied");
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
