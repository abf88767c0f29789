package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ArrayNode;
import io.sluice.protocol.CrushView;
import io.sluice.protocol.PoolInfo;
import java.util.Locale;

/**
 * {@code osd pool autoscale-status}: what each pool takes, and that nothing changes its number of
 * groups by itself.
 */
final class AutoscaleStatus {
  private static final String[] UNITS = {" ", "k", "M", "G", "T", "P", "E"};

  /** Digits beside the unit. (ceph: mgr_util.format_bytes) */
  private static final int DIGITS = 5;

  private AutoscaleStatus() {}

  static Commands.Command command() {
    return Commands.Command.read(
        "osd pool autoscale-status",
        "report on pool pg_num sizing recommendation and intent",
        call -> call.wantsJson() ? json(call) : text(call));
  }

  /** What a pool has of all that there is room for, with all of its copies. */
  private static double ratio(CommandCall call, PoolInfo pool) {
    long total = call.context().reports().totalBytes(call.state());
    return total == 0 ? 0 : (double) bytes(call, pool) * pool.size() / total;
  }

  private static long bytes(CommandCall call, PoolInfo pool) {
    return call.context().reports().pool(call.state(), pool).bytes();
  }

  private static CommandReply text(CommandCall call) {
    TextTable table = new TextTable().left("POOL");
    for (String title : new String[] {"SIZE", "TARGET SIZE", "RATE", "RAW CAPACITY", "RATIO"}) {
      table.right(title);
    }
    table.right("TARGET RATIO").right("EFFECTIVE RATIO").right("BIAS").right("PG_NUM");
    table.right("NEW PG_NUM").left("AUTOSCALE").left("BULK");
    String capacity = size(call.context().reports().totalBytes(call.state()));
    for (PoolInfo pool : call.state().osdMap().pools()) {
      table.row(
          pool.name(),
          size(bytes(call, pool)),
          "",
          String.format(Locale.ROOT, "%.1f", (double) pool.size()),
          capacity,
          String.format(Locale.ROOT, "%.4f", ratio(call, pool)),
          "",
          "",
          "1.0",
          pool.pgNum(),
          "",
          "off",
          "False");
    }
    return CommandReply.output(table.toString());
  }

  private static String size(long bytes) {
    long value = bytes;
    int unit = 0;
    while (Long.toString(value).length() > DIGITS && unit < UNITS.length - 1) {
      value /= 1024;
      unit++;
    }
    return value + UNITS[unit];
  }

  private static CommandReply json(CommandCall call) {
    ArrayNode all = CommandCall.JSON.createArrayNode();
    CrushView tree = new CrushView(call.state().osdMap().crush());
    int root = tree.roots().isEmpty() ? -1 : tree.roots().get(0).id();
    for (PoolInfo pool : call.state().osdMap().pools()) {
      long logical = bytes(call, pool);
      all.addObject()
          .put("actual_capacity_ratio", ratio(call, pool))
          .put("actual_raw_used", (double) logical * pool.size())
          .put("bias", 1.0)
          .put("bulk", false)
          .put("capacity_ratio", ratio(call, pool))
          .put("crush_root_id", root)
          .put("effective_target_ratio", 0.0)
          .put("logical_used", logical)
          .put("pg_autoscale_mode", "off")
          .put("pg_num_final", pool.pgNum())
          .put("pg_num_ideal", 0)
          .put("pg_num_target", pool.pgNum())
          .put("pool_id", pool.id())
          .put("pool_name", pool.name())
          .put("raw_used", (double) logical * pool.size())
          .put("raw_used_rate", (double) pool.size())
          .put("subtree_capacity", call.context().reports().totalBytes(call.state()))
          .put("target_bytes", 0)
          .put("target_ratio", 0.0)
          .put("would_adjust", false);
    }
    return call.json(all);
  }
}
