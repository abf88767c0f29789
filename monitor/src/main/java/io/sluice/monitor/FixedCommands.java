package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.protocol.Errno;
import java.util.List;

/** Commands about what Sluice has none of (managers, file systems, a balancer): always the same. */
final class FixedCommands {
  private FixedCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        fixed("mgr module ls", "list active mgr modules", ""),
        fixed("mds stat", "show MDS status", ""),
        fixed("fs ls", "list filesystems", "No filesystems enabled\n"),
        Commands.Command.read(
            "fs dump epoch:CephInt?,range=0",
            "dump all CephFS status, optionally from epoch",
            FixedCommands::fileSystems),
        Commands.Command.read(
            "fs get fs_name:CephString",
            "get info about one filesystem",
            call -> {
              String text = "filesystem '" + call.text("fs_name") + "' not found";
              throw new CommandException(Errno.ENOENT, text);
            }),
        fixed("service dump", "dump service map", ""),
        fixed("service status", "dump service state", ""),
        Commands.Command.read(
            "crash ls", "Show new and archived crash dumps", FixedCommands::noCrash),
        Commands.Command.read("crash ls-new", "Show new crash dumps", FixedCommands::noCrash),
        Commands.Command.read(
            "crash stat",
            "Summarize recorded crashes",
            call -> CommandReply.output("0 crashes recorded\n")),
        fixed("balancer status", "Show balancer status", ""),
        fixed("device ls", "Show devices", ""),
        fixed("auth ls", "list authentication state", "installed auth entries:\n\n"),
        fixed("time-sync-status", "show time sync status", ""),
        fixed("osd blocked-by", "print histogram of which OSDs are blocking their peers", ""),
        fixed("osd erasure-code-profile ls", "list all erasure code profiles", "default\n"),
        Commands.Command.read(
            "mgr versions", "check running versions of ceph-mgr daemons", call -> none(call)));
  }

  /** As Ceph's, whose client looks in it for whom {@code ceph tell mds.*} means. */
  private static CommandReply fileSystems(CommandCall call) {
    JsonNode map = Layouts.any("mds stat").path("fsmap");
    String epoch = map.path("epoch").asText();
    CommandReply answer =
        call.wantsJson()
            ? call.json(map)
            : CommandReply.output("e" + epoch + "\nNo filesystems configured\n");
    return new CommandReply(0, "dumped fsmap epoch " + epoch, answer.output());
  }

  /** Daemons leave their last words in their own logs. */
  private static CommandReply noCrash(CommandCall call) {
    return call.wantsJson()
        ? call.json(CommandCall.JSON.createArrayNode())
        : CommandReply.output("");
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
