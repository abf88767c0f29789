package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.PgEntry;
import io.sluice.types.PgId;
import java.util.List;

/** {@code pg stat, dump}: the monitor's table of placement groups. */
final class PgCommands {
  private PgCommands() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read("pg stat", "show placement group status", PgCommands::stat),
        Commands.Command.read(
            "pg dump", "show human-readable versions of pg map", PgCommands::dump));
  }

  private static CommandReply stat(CommandCall call) {
    PgSummary pgs = PgSummary.of(call.state());
    if (call.wantsJson()) {
      ObjectNode node = CommandCall.object().put("num_pgs", pgs.total());
      ArrayNode states = node.putArray("num_pg_by_state");
      pgs.counts().forEach((name, count) -> states.addObject().put("name", name).put("num", count));
      return call.json(node);
    }
    return CommandReply.output(pgs.total() + " pgs: " + pgs + "\n");
  }

  private static CommandReply dump(CommandCall call) {
    MonState state = call.state();
    ObjectNode node = CommandCall.object().put("version", state.epoch());
    ArrayNode array = node.putArray("pg_stats");
    TextTable table =
        new TextTable().left("PG_STAT").left("STATE").left("UP").left("ACTING").right("PRIMARY");
    table.left("CURRENT").right("SINCE");
    for (PgEntry entry : state.pgs().entries()) {
      PgId pg = entry.pg();
      String name = PgSummary.stateOf(entry, state.osdMap().pool(pg.pool()));
      table.row(
          pg,
          name,
          OsdMapCommands.set(entry.up()),
          OsdMapCommands.set(entry.acting()),
          entry.primary(),
          OsdMapCommands.set(entry.current()),
          entry.intervalSince());
      ObjectNode one = array.addObject().put("pgid", pg.toString()).put("state", name);
      entry.up().forEach(one.putArray("up")::add);
      entry.acting().forEach(one.putArray("acting")::add);
      entry.current().forEach(one.putArray("current")::add);
      one.put("acting_primary", entry.primary()).put("interval_since", entry.intervalSince());
    }
    return call.wantsJson()
        ? call.json(node)
        : CommandReply.output("version " + state.epoch() + "\n" + table);
  }
}
