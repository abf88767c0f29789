package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MLog;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** {@code log, log last}: the cluster's log, as Ceph prints it. */
final class LogCommands {
  private static final int LAST_DEFAULT = 20;

  /** Names of priorities, as they are typed. */
  private static final Map<String, Integer> LEVELS =
      Map.of("debug", 0, "info", 1, "sec", 2, "warn", 3, "warning", 3, "error", 4, "err", 4);

  private static final List<String> MARKS = List.of("[DBG]", "[INF]", "[SEC]", "[WRN]", "[ERR]");

  private LogCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "log last num:CephInt?,range=1"
                + " level:CephChoices?,strings=debug|info|sec|warn|error"
                + " channel:CephChoices?,strings=*|cluster|audit|cephadm",
            "print last few lines of the cluster log",
            LogCommands::last),
        Commands.Command.write(
            "log logtext:CephString,n=N",
            "log supplied text to the monitor log",
            LogCommands::say));
  }

  /** The priority of that name; -1 when there is none. */
  static int level(String name) {
    return LEVELS.getOrDefault(name.toLowerCase(Locale.ROOT), -1);
  }

  private static CompletableFuture<CommandReply> say(CommandCall call) {
    String text = String.join(" ", call.texts("logtext"));
    int level = level(call.text("level", "info"));
    if (level < 0) {
      throw invalid(call);
    }
    return call.context()
        .log()
        .say(call.from(), level, text)
        .thenApply(outcome -> outcome.ok() ? CommandReply.done("") : CommandReply.of(outcome));
  }

  private static CommandException invalid(CommandCall call) {
    return new CommandException(Errno.EINVAL, "Invalid severity '" + call.text("level") + "'");
  }

  private static CommandReply last(CommandCall call) {
    int number = call.number("num", LAST_DEFAULT);
    int level = level(call.text("level", "info"));
    if (level < 0) {
      throw invalid(call);
    }
    String channel = call.text("channel", MLog.Entry.CLUSTER);
    Deque<MLog.Entry> found = new ArrayDeque<>();
    List<MLog.Entry> lines = call.state().log().lines();
    for (int i = lines.size() - 1; i >= 0 && found.size() < number; i--) {
      MLog.Entry line = lines.get(i);
      if (line.priority() >= level && (channel.equals("*") || channel.equals(line.channel()))) {
        found.addFirst(line);
      }
    }
    if (!call.wantsJson()) {
      StringBuilder text = new StringBuilder();
      found.forEach(line -> text.append(words(line)).append('\n'));
      return CommandReply.output(text.toString());
    }
    ArrayNode all = CommandCall.JSON.createArrayNode();
    for (MLog.Entry line : found) {
      ObjectNode one = all.addObject().put("name", name(line));
      one.put("rank", line.rank().toString()).set("addrs", Layouts.addrs(line.addrs()));
      one.put("stamp", Units.time(line.stamp()))
          .put("seq", line.sequence())
          .put("channel", line.channel())
          .put("priority", MARKS.get(line.priority()))
          .put("message", line.message());
    }
    return call.json(all);
  }

  private static String name(MLog.Entry line) {
    String rank = line.rank().toString();
    return rank.substring(0, rank.indexOf('.') + 1) + line.who();
  }

  /** {@code STAMP mon.a (mon.0) 12 : cluster [INF] osd.0 v2:127.0.0.1:6800/1 boot}. */
  private static String words(MLog.Entry line) {
    return Units.time(line.stamp())
        + " "
        + name(line)
        + " ("
        + line.rank()
        + ") "
        + line.sequence()
        + " : "
        + line.channel()
        + " "
        + MARKS.get(line.priority())
        + " "
        + line.message();
  }
}
