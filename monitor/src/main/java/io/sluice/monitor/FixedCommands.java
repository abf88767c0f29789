package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.protocol.Errno;
import java.util.List;

/** Commands about what Sluice has none of (managers, file systems, a balancer): always the same. */
final class FixedCommands {
  private FixedCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        FixedAnswer.layout("mgr module ls", "list active mgr modules"),
        FixedAnswer.layout("mds stat", "show MDS status", ""),
        FixedAnswer.layout("fs ls", "list filesystems", "No filesystems enabled\n"),
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
        FixedAnswer.layout("service dump", "dump service map"),
        FixedAnswer.layout("service status", "dump service state"),
        Commands.Command.read(
            "crash ls", "Show new and archived crash dumps", FixedCommands::noCrash),
        Commands.Command.read("crash ls-new", "Show new crash dumps", FixedCommands::noCrash),
        Commands.Command.read(
            "crash stat",
            "Summarize recorded crashes",
            call -> CommandReply.output("0 crashes recorded\n")),
        FixedAnswer.layout("balancer status", "Show balancer status"),
        FixedAnswer.layout("device ls", "Show devices"),
        FixedAnswer.layout("time-sync-status", "show time sync status"),
        FixedAnswer.layout(
            "osd blocked-by",
            "print histogram of which OSDs are blocking their peers",
            "osd  num_blocked\n"),
        FixedAnswer.layout(
            "osd erasure-code-profile ls", "list all erasure code profiles", "default\n"),
        FixedAnswer.json("mgr versions", "check running versions of ceph-mgr daemons", "{}"));
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
}
