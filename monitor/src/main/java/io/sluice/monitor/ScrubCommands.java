package io.sluice.monitor;

import io.sluice.protocol.Errno;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgScrub;
import io.sluice.types.PgId;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code pg scrub, deep-scrub, repair}: asks the primary of a group. */
final class ScrubCommands {
  private ScrubCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.write(
            "pg scrub pgid:CephPgid",
            "start scrub on <pgid>",
            call -> ask(call, "scrub", false, false)),
        Commands.Command.write(
            "pg deep-scrub pgid:CephPgid",
            "start deep-scrub on <pgid>",
            call -> ask(call, "deep-scrub", true, false)),
        Commands.Command.write(
            "pg repair pgid:CephPgid",
            "start repair on <pgid>",
            call -> ask(call, "repair", true, true)));
  }

  private static CompletableFuture<CommandReply> ask(
      CommandCall call, String word, boolean deep, boolean repair) {
    PgId pg = group(call.text("pgid"));
    PgEntry entry = pg == null ? null : call.state().pgs().entry(pg);
    if (entry == null) {
      throw new CommandException(Errno.ENOENT, "pg " + call.text("pgid") + " does not exist");
    }
    int primary = entry.primary();
    if (!call.context().reports().tell(primary, new PgScrub(pg, deep, repair))) {
      throw new CommandException(Errno.EAGAIN, "pg " + pg + " primary osd." + primary + " not up");
    }
    return CompletableFuture.completedFuture(
        CommandReply.done("instructing pg " + pg + " on osd." + primary + " to " + word));
  }

  private static PgId group(String text) {
    String[] parts = text.split("\\.");
    try {
      return parts.length == 2
          ? new PgId(Long.parseLong(parts[0]), Integer.parseUnsignedInt(parts[1], 16))
          : null;
    } catch (NumberFormatException e) {
      return null;
    }
  }
}
