package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MLog;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The table of users' commands, and the description of it that {@code ceph} asks for first.
 *
 * <p>All are described without the MGR flag, so {@code ceph} sends them to the monitor.
 */
final class Commands {
  private static final Logger LOG = LoggerFactory.getLogger(Commands.class);

  private static final String DESCRIBE = "get_command_descriptions";

  /** What a monitor says of itself, also while nobody leads. */
  private static final Set<String> LOCAL = Set.of(DESCRIBE, "mon_status", "version");

  /** What a command does; may throw {@link CommandException}, or complete with it. */
  interface Action extends Function<CommandCall, CompletableFuture<CommandReply>> {}

  /** One command. */
  record Command(Signature signature, String help, String permission, Action action) {
    /** A command that only looks. */
    static Command read(String signature, String help, Function<CommandCall, CommandReply> look) {
      return new Command(
          Signature.parse(signature),
          help,
          "r",
          call -> CompletableFuture.completedFuture(look.apply(call)));
    }

    /** A command that changes the cluster. */
    static Command write(String signature, String help, Action action) {
      return new Command(Signature.parse(signature), help, "rw", action);
    }

    /** As Ceph groups them: osd, mon, config-key, ... */
    String module() {
      String first = signature.prefix().split(" ")[0];
      return first.equals("osd") || first.equals("pg") || first.equals("config") ? first : "mon";
    }
  }

  private final Map<String, Command> byPrefix = new TreeMap<>();

  /** What {@code ceph tell mon.a} may say: as with Ceph, only what concerns that monitor. */
  private final Map<String, Command> told = new TreeMap<>();

  /** What a manager may be asked: both, since commands and what it is told look the same. */
  private final Map<String, Command> managed = new TreeMap<>();

  Commands() {
    List<Command> all = new ArrayList<>();
    all.add(describe(byPrefix));
    all.addAll(ClusterCommands.all());
    all.addAll(ConfigCommands.all());
    all.addAll(StatusCommands.all());
    all.addAll(HealthCommands.all());
    all.addAll(PoolCommands.all());
    all.addAll(SnapCommands.all());
    all.addAll(ScrubCommands.all());
    all.addAll(OsdCommands.all());
    all.addAll(SafetyCommands.all());
    all.addAll(UpmapCommands.all());
    all.addAll(OsdMapCommands.all());
    all.addAll(PgCommands.all());
    all.addAll(OsdInfoCommands.all());
    all.addAll(OsdTreeCommands.all());
    all.addAll(OsdDfCommand.all());
    all.addAll(OsdSetCommands.all());
    all.addAll(CrushCommands.all());
    all.addAll(CrushSetCommands.all());
    all.addAll(PoolInfoCommands.all());
    all.addAll(PoolApplications.all());
    all.addAll(PoolQuotas.all());
    all.addAll(KeyCommands.all());
    all.addAll(LogCommands.all());
    all.addAll(DaemonInfoCommands.all());
    all.addAll(ManagerCommands.all());
    all.addAll(FixedCommands.all());
    all.addAll(AbsentCommands.all());
    all.addAll(SettledCommands.all());
    all.add(AutoscaleStatus.command());
    all.addAll(ReportCommands.all(byPrefix));
    all.forEach(command -> byPrefix.put(command.signature().prefix(), command));
    TellCommands.all().forEach(command -> told.put(command.signature().prefix(), command));
    told.put("mon_status", byPrefix.get("mon_status"));
    managed.putAll(byPrefix);
    managed.putAll(told);
    told.put(DESCRIBE, describe(told));
    managed.put(DESCRIBE, describe(managed));
  }

  private static Command describe(Map<String, Command> table) {
    return Command.read(
        DESCRIBE, "list available commands", call -> CommandCall.jsonLine(descriptions(table)));
  }

  /** How a command is typed; null when there is none of that prefix. */
  Signature signature(String prefix) {
    Command command = byPrefix.get(prefix);
    return command == null ? null : command.signature();
  }

  /**
   * Runs a command as it came, on a state that has all that any monitor answered before; never
   * fails, but replies with an error.
   */
  CompletableFuture<CommandReply> run(String json, byte[] input, Caller from, MonContext context) {
    return run(byPrefix, json, input, from, context);
  }

  /** The same of a command for this monitor. */
  CompletableFuture<CommandReply> tell(String json, byte[] input, Caller from, MonContext context) {
    return run(told, json, input, from, context);
  }

  /** The same of one for a manager. */
  CompletableFuture<CommandReply> manage(
      String json, byte[] input, Caller from, MonContext context) {
    return run(managed, json, input, from, context);
  }

  private static CompletableFuture<CommandReply> run(
      Map<String, Command> table, String json, byte[] input, Caller from, MonContext context) {
    try {
      CommandCall call = new CommandCall(json, input, from, context);
      Command command = table.get(call.prefix());
      if (command == null) {
        throw new CommandException(Errno.EINVAL, "command not known: " + call.prefix());
      }
      call.checkFormat();
      boolean changes = !command.permission().equals("r");
      if (changes) {
        audit(call, json, "dispatch");
      }
      CompletableFuture<Void> current =
          LOCAL.contains(call.prefix())
              ? CompletableFuture.completedFuture(null)
              : context.caughtUp();
      return current
          .thenCompose(nothing -> act(command, call))
          .whenComplete(
              (reply, failure) -> {
                if (changes && failure == null && reply.result() == 0) {
                  audit(call, json, "finished");
                }
              })
          .exceptionally(Commands::failed);
    } catch (CommandException e) {
      return CompletableFuture.completedFuture(CommandReply.failed(e));
    }
  }

  private static CompletableFuture<CommandReply> act(Command command, CommandCall call) {
    try {
      return command.action().apply(call);
    } catch (CommandException e) {
      return CompletableFuture.completedFuture(CommandReply.failed(e));
    } catch (RuntimeException e) {
      LOG.error("a defect in a command: {}", call, e);
      String text = "the monitor failed on this command, see its log: " + e;
      return CompletableFuture.completedFuture(
          CommandReply.failed(new CommandException(Errno.EIO, text)));
    }
  }

  /** A line of the cluster's log; a command that is refused has no second one, as in Ceph. */
  private static void audit(CommandCall call, String json, String what) {
    String cmd = what.equals("dispatch") ? "[" + json + "]" : "'[" + json + "]'";
    Caller who = call.from();
    String text = "from='" + who.session() + "' entity='" + who.entity() + "' cmd=" + cmd;
    call.context().log().add(MLog.Entry.INFO, MLog.Entry.AUDIT, text + ": " + what);
  }

  private static CommandReply failed(Throwable failure) {
    Throwable cause = failure instanceof CompletionException ? failure.getCause() : failure;
    if (cause instanceof CommandException e) {
      return CommandReply.failed(e);
    }
    LOG.warn("a command's outcome is unknown", cause);
    return CommandReply.failed(
        new CommandException(Errno.EAGAIN, "the monitors could not agree: " + cause.getMessage()));
  }

  /**
   * {@code {"cmd000": {"sig": [...], "help": ..., "module": ..., "perm": ..., "flags": 0}, ...}}.
   */
  private static ObjectNode descriptions(Map<String, Command> table) {
    ObjectNode all = CommandCall.object();
    for (Command command : table.values()) {
      ObjectNode one = all.putObject(String.format("cmd%03d", all.size()));
      one.set("sig", command.signature().toJson());
      one.put("help", command.help());
      one.put("module", command.module());
      one.put("perm", command.permission());
      one.put("flags", 0);
    }
    return all;
  }
}
