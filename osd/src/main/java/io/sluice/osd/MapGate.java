package io.sluice.osd;

import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.PoolInfo;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.function.BiConsumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Lets the monitor's maps in, one after the other.
 *
 * <p><b>Invariant:</b> an OSD takes no map before its copies fit it: where a pool has more groups
 * than our copies were divided by, they are divided first, durably, and the map (with all later
 * ones) waits. So no group ever serves, peers or answers with objects of another one, and whoever
 * is killed in between begins with the same comparison: every copy says by how many groups it is
 * divided.
 *
 * <p><b>Threads:</b> the monitor session's loop.
 */
final class MapGate {
  private static final Logger LOG = LoggerFactory.getLogger(MapGate.class);

  private final Function<ClusterMap, ClusterView> reader;
  private final PgRegistry groups;
  private final Executor loop;
  private final BiConsumer<ClusterMap, ClusterView> taker;
  private final Deque<ClusterMap> waiting = new ArrayDeque<>();

  /** Groups of the pools in the last map let in. */
  private final Map<Long, Integer> pgNums = new HashMap<>();

  private int newest;
  private boolean dividing;

  /**
   * @param loop where maps come, and go on to {@code taker}
   */
  MapGate(
      Function<ClusterMap, ClusterView> reader,
      PgRegistry groups,
      Executor loop,
      BiConsumer<ClusterMap, ClusterView> taker) {
    this.reader = reader;
    this.groups = groups;
    this.loop = loop;
    this.taker = taker;
  }

  void add(ClusterMap map) {
    if (map.epoch() > newest) {
      newest = map.epoch();
      waiting.add(map);
      goOn();
    }
  }

  private void goOn() {
    while (!dividing && !waiting.isEmpty()) {
      ClusterMap map = waiting.poll();
      ClusterView next = reader.apply(map);
      Set<Long> grown = grown(next);
      dividing =
          !grown.isEmpty()
              && groups.divide(next, grown, () -> loop.execute(() -> divided(map, next)));
      if (!dividing) {
        take(map, next);
      }
    }
  }

  private void divided(ClusterMap map, ClusterView next) {
    LOG.debug("copies fit map {}", map.epoch());
    dividing = false;
    take(map, next);
    goOn();
  }

  private void take(ClusterMap map, ClusterView next) {
    pgNums.clear();
    next.map().pools().forEach(pool -> pgNums.put(pool.id(), pool.pgNum()));
    taker.accept(map, next);
  }

  /** Pools whose copies here may have been divided by fewer groups; at first that may be any. */
  private Set<Long> grown(ClusterView next) {
    Set<Long> grown = new HashSet<>();
    for (PoolInfo pool : next.map().pools()) {
      if (pgNums.getOrDefault(pool.id(), 0) < pool.pgNum()) {
        grown.add(pool.id());
      }
    }
    return grown;
  }
}
