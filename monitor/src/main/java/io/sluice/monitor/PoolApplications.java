package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.PoolInfo;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.CompletableFuture;

/** {@code osd pool application ...}: whom a pool is for, and what they note about it. */
final class PoolApplications {
  /** (ceph: MAX_POOL_APPLICATIONS) */
  private static final int APPLICATIONS_MAX = 4;

  private PoolApplications() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.write(
            "osd pool application enable pool:CephPoolname app:CephString"
                + " yes_i_really_mean_it:CephBool?",
            "enable use of an application <app> on pool <poolname>",
            PoolApplications::enable),
        Commands.Command.read(
            "osd pool application get pool:CephPoolname? app:CephString? key:CephString?",
            "get value of key <key> of application <app> on pool <poolname>",
            PoolApplications::applications),
        Commands.Command.write(
            "osd pool application disable pool:CephPoolname app:CephString"
                + " yes_i_really_mean_it:CephBool?",
            "disables use of an application <app> on pool <poolname>",
            PoolApplications::disable),
        Commands.Command.write(
            "osd pool application set pool:CephPoolname app:CephString key:CephString"
                + " value:CephString",
            "sets application <app> metadata key <key> to <value> on pool <poolname>",
            call -> setting(call, call.text("value"))),
        Commands.Command.write(
            "osd pool application rm pool:CephPoolname app:CephString key:CephString",
            "removes application <app> metadata key <key> on pool <poolname>",
            call -> setting(call, null)));
  }

  private static CompletableFuture<CommandReply> enable(CommandCall call) {
    PoolInfo pool = PoolCommands.pool(call);
    String app = call.text("app");
    Set<String> enabled = new TreeSet<>(pool.applications().keySet());
    enabled.removeIf(PoolInfo::isSetting);
    if (!enabled.contains(app) && !enabled.isEmpty() && !call.flag("yes_i_really_mean_it")) {
      throw new CommandException(
          Errno.EPERM,
          "Are you SURE? Pool '"
              + pool.name()
              + "' already has an enabled application; pass --yes-i-really-mean-it to proceed"
              + " anyway");
    }
    if (!enabled.contains(app) && enabled.size() >= APPLICATIONS_MAX) {
      throw new CommandException(
          Errno.EINVAL,
          "too many enabled applications on pool '" + pool.name() + "'; max " + APPLICATIONS_MAX);
    }
    Change change = new Change.TagPool(pool.name(), app, call.context().now());
    return call.context().propose(change).thenApply(CommandReply::of);
  }

  private static CommandReply applications(CommandCall call) {
    if (call.has("app")) {
      return application(call, PoolCommands.pool(call), call.text("app"));
    }
    if (call.has("pool")) {
      return call.json(applications(PoolCommands.pool(call)));
    }
    ObjectNode all = CommandCall.object();
    call.state().osdMap().pools().forEach(pool -> all.set(pool.name(), applications(pool)));
    return call.json(all);
  }

  private static CommandReply application(CommandCall call, PoolInfo pool, String app) {
    JsonNode settings = applications(pool).path(app);
    if (settings.isMissingNode()) {
      throw new CommandException(
          Errno.ENOENT, "pool '" + pool.name() + "' has no application '" + app + "'");
    }
    if (!call.has("key")) {
      return call.json(settings);
    }
    String key = call.text("key");
    if (!settings.has(key)) {
      throw new CommandException(
          Errno.ENOENT,
          "application '"
              + app
              + "' on pool '"
              + pool.name()
              + "' does not have key '"
              + key
              + "'");
    }
    return CommandReply.output(settings.path(key).asText() + "\n");
  }

  private static ObjectNode applications(PoolInfo pool) {
    ObjectNode node = CommandCall.object();
    pool.applications().forEach((name, values) -> values.forEach(node.putObject(name)::put));
    return node;
  }

  private static CompletableFuture<CommandReply> disable(CommandCall call) {
    PoolInfo pool = PoolCommands.pool(call);
    String app = call.text("app");
    if (!call.flag("yes_i_really_mean_it")) {
      throw new CommandException(
          Errno.EPERM,
          "Are you SURE? Disabling an application within a pool might result in loss of application"
              + " functionality; pass --yes-i-really-mean-it to proceed anyway");
    }
    String done = "disable application '" + app + "' on pool '" + pool.name() + "'";
    return OsdSetCommands.edit(call, MapEdit.UNTAG_POOL, pool.name(), app, done);
  }

  private static CompletableFuture<CommandReply> setting(CommandCall call, String value) {
    PoolInfo pool = PoolCommands.pool(call);
    String app = call.text("app");
    String key = call.text("key");
    if (!pool.applications().containsKey(app)) {
      throw new CommandException(
          Errno.ENOENT, "application '" + app + "' is not enabled on pool '" + pool.name() + "'");
    }
    if ((app + key + value).indexOf('\0') >= 0) {
      throw new CommandException(Errno.EINVAL, "no zero bytes in application, key and value");
    }
    String what = "application '" + app + "' key '" + key + "'";
    String done = value == null ? "removed " + what : "set " + what + " to '" + value + "'";
    String packed = MapEdit.setting(app, key, value);
    String text = done + " on pool '" + pool.name() + "'";
    return OsdSetCommands.edit(call, MapEdit.SET_APPLICATION, pool.name(), packed, text);
  }
}
