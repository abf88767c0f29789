package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.Errno;
import io.sluice.protocol.PoolInfo;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/** {@code osd pool stats, rename}. */
final class PoolInfoCommands {
  private PoolInfoCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "osd pool stats pool_name:CephPoolname?",
            "obtain stats from all pools, or from specified pool",
            PoolInfoCommands::stats),
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
