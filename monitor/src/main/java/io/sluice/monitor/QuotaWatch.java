package io.sluice.monitor;

import io.sluice.protocol.MLog;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolStats;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Looks whether pools have reached their quotas, and marks them in the map. Only the leader does,
 * and only for pools whose groups have all said what is in them, or that have no quota any more.
 *
 * <p>(ceph: OSDMonitor::update_pools_status.) <b>Threads:</b> the monitor's loop.
 */
final class QuotaWatch {
  private static final long LOOK_NANOS = 1_000_000_000L;

  private final MonContext context;

  /** Pools about which a change is on its way. */
  private final Set<Long> changing = ConcurrentHashMap.newKeySet();

  private long lookedAt;

  QuotaWatch(MonContext context) {
    this.context = context;
  }

  void tick() {
    long now = context.uptimeNanos();
    if (context.isLeader() && context.state().exists() && now - lookedAt >= LOOK_NANOS) {
      lookedAt = now;
      context.state().osdMap().pools().forEach(this::look);
    }
  }

  private void look(PoolInfo pool) {
    boolean marked = (pool.flags() & PoolInfo.FULL_QUOTA) != 0;
    boolean limited = pool.maxBytes() != 0 || pool.maxObjects() != 0;
    boolean told = !limited || context.reports().knows(pool);
    if (!marked && !limited || changing.contains(pool.id()) || !told) {
      return;
    }
    PoolStats in = context.reports().pool(context.state(), pool);
    boolean bytes = pool.maxBytes() != 0 && in.bytes() >= pool.maxBytes();
    boolean objects = pool.maxObjects() != 0 && in.objects() >= pool.maxObjects();
    if (marked == (bytes || objects)) {
      return;
    }
    String name = "pool '" + pool.name() + "' ";
    if (marked) {
      say(MLog.Entry.INFO, name + "no longer out of quota; removing NO_QUOTA flag");
    }
    if (bytes) {
      String max = Units.bytes(pool.maxBytes());
      say(MLog.Entry.WARNING, name + "is full (reached quota's max_bytes: " + max + ")");
    }
    if (objects) {
      String max = Long.toString(pool.maxObjects());
      say(MLog.Entry.WARNING, name + "is full (reached quota's max_objects: " + max + ")");
    }
    changing.add(pool.id());
    String value = marked ? "" : "full";
    context
        .propose(new Change.EditMap(MapEdit.POOL_FULL, pool.name(), value, context.now()))
        .whenComplete((outcome, failure) -> changing.remove(pool.id()));
  }

  private void say(int priority, String text) {
    context.log().add(priority, MLog.Entry.CLUSTER, text);
  }
}
