package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;

/** Commands about what Sluice has none of (managers, file systems, a balancer): always the same. */
final class FixedCommands {
  private FixedCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        fixed("mgr module ls", "list active mgr modules", ""),
        fixed("mds stat", "show MDS status", ""),
        fixed("fs ls", "list filesystems", "No filesystems enabled\n"),
        fixed("service dump", "dump service map", ""),
        fixed("service status", "dump service state", ""),
        fixed("balancer status", "Show balancer status", ""),
        fixed("device ls", "Show devices", ""),
        fixed("auth ls", "list authentication state", "installed auth entries:\n\n"),
        fixed("time-sync-status", "show time sync status", ""),
        fixed("osd blocked-by", "print histogram of which OSDs are blocking their peers", ""),
        fixed("osd erasure-code-profile ls", "list all erasure code profiles", "default\n"),
        Commands.Command.read(
            "mgr versions", "check running versions of ceph-mgr daemons", call -> none(call)),
        Commands.Command.read(
            "log last num:CephInt?,range=1 level:CephString? channel:CephString?",
            "print last few lines of the cluster log",
            call -> call.json(Layouts.any("log last"))));
  }

  private static CommandReply none(CommandCall call) {
    return call.json(CommandCall.object());
  }

  /** JSON also where Ceph has a text of its own, unless that is given. */
  private static Commands.Command fixed(String prefix, String help, String text) {
    JsonNode answer = Layouts.any(prefix);
    return Commands.Command.read(
        prefix,
        help,
        call -> call.wantsJson() || text.isEmpty() ? call.json(answer) : CommandReply.output(text));
  }
}
