package io.sluice.monitor;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolStats;
import java.util.List;
import java.util.concurrent.CompletableFuture;

/**
 * {@code osd pool set-quota, get-quota}: how much a pool may hold. {@link QuotaWatch} sees when it
 * does, OSDs refuse then what would make it more.
 */
final class PoolQuotas {
  private PoolQuotas() {}

  static List<Commands.Command> all() {
    return List.of(
        Commands.Command.read(
            "osd pool get-quota pool:CephPoolname",
            "obtain object or byte limits for pool",
            PoolQuotas::get),
        Commands.Command.write(
            "osd pool set-quota pool:CephPoolname field:CephChoices,strings=max_objects|max_bytes"
                + " val:CephString",
            "set object or byte limit on pool",
            PoolQuotas::set));
  }

  private static CommandReply get(CommandCall call) {
    PoolInfo pool = PoolCommands.pool(call);
    PoolStats in = call.context().reports().pool(call.state(), pool);
    if (call.wantsJson()) {
      ObjectNode node =
          CommandCall.object().put("pool_name", pool.name()).put("pool_id", pool.id());
      node.put("quota_max_objects", pool.maxObjects()).put("current_num_objects", in.objects());
      node.put("quota_max_bytes", pool.maxBytes()).put("current_num_bytes", in.bytes());
      return call.json(node);
    }
    String objects =
        Units.count(pool.maxObjects())
            + " objects  (current num objects: "
            + in.objects()
            + " objects)";
    String bytes = Units.bytes(pool.maxBytes()) + "  (current num bytes: " + in.bytes() + " bytes)";
    return CommandReply.output(
        "quotas for pool '"
            + pool.name()
            + "':\n  max objects: "
            + (pool.maxObjects() == 0 ? "N/A" : objects)
            + "\n  max bytes  : "
            + (pool.maxBytes() == 0 ? "N/A" : bytes)
            + "\n");
  }

  private static CompletableFuture<CommandReply> set(CommandCall call) {
    PoolInfo pool = PoolCommands.pool(call);
    String field = call.text("field");
    String text = call.text("val");
    long value = field.equals("max_objects") ? ConfigOption.natural(text) : ConfigOption.size(text);
    String done = "set-quota " + field + " = " + value + " for pool " + pool.name();
    return OsdSetCommands.edit(call, MapEdit.POOL_QUOTA, pool.name(), field + " " + value, done);
  }

  /** The pool with a quota, {@code max_bytes 4096}; none is 0. */
  static PoolInfo limited(PoolInfo pool, String quota, int epoch) {
    long value = Long.parseLong(quota.substring(quota.indexOf(' ') + 1));
    return quota.startsWith("max_bytes ")
        ? pool.withQuota(value, pool.maxObjects(), epoch)
        : pool.withQuota(pool.maxBytes(), value, epoch);
  }

  /** The pool as one that has reached its quota, or not. */
  static PoolInfo marked(PoolInfo pool, boolean reached, int epoch) {
    long flags = PoolInfo.FULL | PoolInfo.FULL_QUOTA;
    return pool.withFlags(reached ? pool.flags() | flags : pool.flags() & ~flags, epoch);
  }

  /** Adds to the checks which pools are full. */
  static void check(OsdMap map, List<Health.Check> checks) {
    List<String> full =
        map.pools().stream()
            .filter(pool -> (pool.flags() & PoolInfo.FULL_QUOTA) != 0)
            .map(pool -> "pool '" + pool.name() + "' is full (running out of quota)")
            .toList();
    if (!full.isEmpty()) {
      checks.add(new Health.Check("POOL_FULL", false, full.size() + " pool(s) full", full));
    }
  }
}
