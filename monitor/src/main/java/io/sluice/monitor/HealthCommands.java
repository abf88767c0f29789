package io.sluice.monitor;

import io.sluice.protocol.Errno;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code health, health mute, health unmute}. */
final class HealthCommands {
  private static final int CODE_MAX = 128;

  private HealthCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "health detail:CephChoices?,strings=detail",
            "show cluster health",
            HealthCommands::health),
        Commands.Command.write(
            "health mute code:CephString ttl:CephString? sticky:CephBool?",
            "mute health alert",
            HealthCommands::mute),
        Commands.Command.write(
            "health unmute code:CephString?",
            "unmute existing health alert mute(s)",
            HealthCommands::unmute));
  }

  private static CommandReply health(CommandCall call) {
    Health health = Health.of(call.context());
    if (call.wantsJson()) {
      return call.json(health.toJson(call.has("detail")));
    }
    return CommandReply.output(call.has("detail") ? health.detailed() : health.line() + "\n");
  }

  private static CompletableFuture<CommandReply> mute(CommandCall call) {
    String code = call.text("code");
    if (code.isEmpty() || code.length() > CODE_MAX || !code.matches("\\w+")) {
      throw new CommandException(Errno.EINVAL, "'" + code + "' is no name of a health alert");
    }
    Health.Check check =
        Health.of(call.context()).checks().stream()
            .filter(each -> each.code().equals(code))
            .findFirst()
            .orElse(null);
    boolean sticky = call.flag("sticky");
    if (check == null && !sticky) {
      throw new CommandException(Errno.ENOENT, "health alert " + code + " is not currently raised");
    }
    long now = Integer.toUnsignedLong(call.context().now().seconds());
    long until = call.has("ttl") ? now + duration(call.text("ttl")) : 0;
    return call.context()
        .propose(
            new HealthMute(
                    code,
                    until,
                    sticky,
                    check == null ? 0 : check.count(),
                    check == null ? "" : check.summary())
                .toChange())
        .thenApply(CommandReply::of);
  }

  private static long duration(String typed) {
    try {
      long seconds = Timespan.seconds(typed);
      if (seconds > 0) {
        return seconds;
      }
    } catch (IllegalArgumentException e) {
      String text = "invalid duration: " + typed + " (" + e.getMessage() + ")";
      throw new CommandException(Errno.EINVAL, text);
    }
    throw new CommandException(Errno.EINVAL, "invalid duration: " + typed + " (timespan = 0)");
  }

  /** One, or all; what is not muted need not be unmuted. */
  private static CompletableFuture<CommandReply> unmute(CommandCall call) {
    CompletableFuture<CommandReply> done = CompletableFuture.completedFuture(CommandReply.done(""));
    for (HealthMute mute : HealthMute.of(call.state())) {
      if (!call.has("code") || mute.code().equals(call.text("code"))) {
        done =
            done.thenCompose(before -> call.context().propose(mute.toRemoval()))
                .thenApply(CommandReply::of);
      }
    }
    return done;
  }
}
