package io.sluice.monitor;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.PoolInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code osd pool stats, application, quota, rename}. */
final class PoolInfoCommands {
  private PoolInfoCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "osd pool stats pool_name:CephPoolname?",
            "obtain stats from all pools, or from specified pool",
            PoolInfoCommands::stats),
        Commands.Command.read(
            "osd pool application get pool:CephPoolname? app:CephString? key:CephString?",
            "get value of key <key> of application <app> on pool <poolname>",
            PoolInfoCommands::applications),
        Commands.Command.write(
            "osd pool application disable pool:CephPoolname app:CephString"
                + " yes_i_really_mean_it:CephBool?",
            "disables use of an application <app> on pool <poolname>",
            PoolInfoCommands::disable),
        Commands.Command.write(
            "osd pool application set pool:CephPoolname app:CephString key:CephString"
                + " value:CephString",
            "sets application <app> metadata key <key> to <value> on pool <poolname>",
            call -> setting(call, call.text("value"))),
        Commands.Command.write(
            "osd pool application rm pool:CephPoolname app:CephString key:CephString",
            "removes application <app> metadata key <key> on pool <poolname>",
            call -> setting(call, null)),
        Commands.Command.read(
            "osd pool get-quota pool:CephPoolname",
            "obtain object or byte limits for pool",
            PoolInfoCommands::quota),
        Commands.Command.write(
            "osd pool set-quota pool:CephPoolname field:CephChoices,strings=max_objects|max_bytes"
                + " val:CephString",
            "set object or byte limit on pool",
            PoolInfoCommands::setQuota),
        Commands.Command.write(
            "osd pool rename srcpool:CephPoolname destpool:CephPoolname",
            "rename <srcpool> to <destpool>",
            PoolInfoCommands::rename));
  }

  private static CommandReply stats(CommandCall call) {
    ArrayNode all = CommandCall.JSON.createArrayNode();
    StringBuilder text = new StringBuilder();
    String only = call.text("pool_name", "");
    for (PoolInfo pool : call.state().osdMap().pools()) {
      if (only.isEmpty() || only.equals(pool.name())) {
        ObjectNode one = all.addObject().put("pool_name", pool.name()).put("pool_id", pool.id());
        one.putObject("recovery");
        one.putObject("recovery_rate");
        one.putObject("client_io_rate");
        text.append("pool ").append(pool.name()).append(" id ").append(pool.id());
        text.append("\n  nothing is going on\n\n");
      }
    }
    if (all.isEmpty() && !only.isEmpty()) {
      throw new CommandException(Errno.ENOENT, "unrecognized pool '" + only + "'");
    }
    return call.wantsJson() ? call.json(all) : CommandReply.output(text.toString());
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

  private static CommandReply quota(CommandCall call) {
    PoolInfo pool = PoolCommands.pool(call);
    if (call.wantsJson()) {
      ObjectNode node =
          CommandCall.object().put("pool_name", pool.name()).put("pool_id", pool.id());
      node.put("quota_max_objects", pool.maxObjects()).put("current_num_objects", 0);
      return call.json(node.put("quota_max_bytes", pool.maxBytes()).put("current_num_bytes", 0));
    }
    return CommandReply.output(
        "quotas for pool '" + pool.name() + "':\n  max objects: N/A\n  max bytes  : N/A\n");
  }

  /** None is what there is: it may be said. */
  private static CompletableFuture<CommandReply> setQuota(CommandCall call) {
    PoolInfo pool = PoolCommands.pool(call);
    if (!call.text("val").equals("0")) {
      throw new CommandException(
          Errno.EOPNOTSUPP, "quotas are not supported: nobody would hold a client to them");
    }
    return CompletableFuture.completedFuture(
        CommandReply.done("set-quota " + call.text("field") + " = 0 for pool " + pool.name()));
  }

  private static CompletableFuture<CommandReply> rename(CommandCall call) {
    String from = call.text("srcpool");
    String to = call.text("destpool");
    if (call.state().osdMap().findPool(from).isEmpty()) {
      throw new CommandException(Errno.ENOENT, "unrecognized pool '" + from + "'");
    }
    if (to.isEmpty() || to.length() > 255) {
      throw new CommandException(Errno.EINVAL, "pool name must be 1 to 255 characters");
    }
    String done = "pool '" + from + "' renamed to '" + to + "'";
    return OsdSetCommands.edit(call, MapEdit.RENAME_POOL, from, to, done);
  }
}
