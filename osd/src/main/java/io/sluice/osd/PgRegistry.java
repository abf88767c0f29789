package io.sluice.osd;

import io.sluice.messenger.Messenger;
import io.sluice.objectstore.CollectionId;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.PgId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The placement groups of an OSD, each pinned to a loop for ever.
 *
 * <p><b>Threads:</b> any; {@link #advance} the monitor session's loop.
 */
final class PgRegistry {
  private static final Logger LOG = LoggerFactory.getLogger(PgRegistry.class);
  private static final int CLOSE_SECONDS = 5;

  private final PgServices services;
  private final Messenger messenger;
  private final Consumer<Throwable> onFailure;
  private final Map<PgId, PlacementGroup> groups = new ConcurrentHashMap<>();
  private final Map<PgId, Set<Integer>> heirs = new ConcurrentHashMap<>();
  private int epoch;

  /**
   * @param onFailure ends the daemon: a group met what it must not meet
   */
  PgRegistry(PgServices services, Messenger messenger, Consumer<Throwable> onFailure) {
    this.services = services;
    this.messenger = messenger;
    this.onFailure = onFailure;
  }

  /**
   * Divides copies whose pools have more groups in a map that is to come.
   *
   * @param pools those to look at
   * @param whenDivided runs on any loop once all of it is durable
   * @return false when there is nothing to do, nor to wait for
   */
  boolean divide(ClusterView next, Set<Long> pools, Runnable whenDivided) {
    for (CollectionId collection : services.store().collections()) {
      PgId id = collection.pg();
      if (pools.contains(id.pool()) && next.pgs().entry(id) != null) {
        groups.computeIfAbsent(id, this::open);
      }
    }
    List<PlacementGroup> asked =
        all().values().stream()
            .filter(group -> pools.contains(group.id().pool()))
            .filter(group -> next.pgs().entry(group.id()) != null)
            .toList();
    AtomicInteger left = new AtomicInteger(asked.size());
    for (PlacementGroup group : asked) {
      PoolInfo pool = next.pool(group.id());
      Consumer<Division> onEnd =
          division -> {
            division.children().forEach(child -> heirs.put(child, division.former()));
            if (left.decrementAndGet() == 0) {
              whenDivided.run();
            }
          };
      group.loop().execute(() -> Division.before(pool, group, onEnd));
    }
    return !asked.isEmpty();
  }

  /** Every group hears of the map; groups that are new in it are made, and those gone removed. */
  void advance(ClusterView next) {
    for (PgEntry entry : next.pgs().entries()) {
      groups.computeIfAbsent(entry.pg(), this::open);
    }
    if (epoch == 0) {
      removeLeftovers(next);
    }
    epoch = next.epoch();
    for (PlacementGroup group : all().values()) {
      Set<Integer> former = heirs.remove(group.id());
      group
          .loop()
          .execute(
              () -> {
                group.machine().inherit(former == null ? Set.of() : former);
                group.advance(next);
                if (group.state() == PgState.REMOVED) {
                  groups.remove(group.id(), group);
                }
              });
      if (next.pgs().entry(group.id()) == null && group.state() != PgState.INITIAL) {
        groups.remove(group.id());
      }
    }
  }

  /** What we hold of pools that were deleted while we were away: nobody will ask for it again. */
  private void removeLeftovers(ClusterView first) {
    for (CollectionId collection : services.store().collections()) {
      PgId id = collection.pg();
      boolean poolWas = id.pool() <= first.map().poolMax();
      // A map that is older than our copies may have the pool with fewer groups.
      if (first.pool(id) == null && poolWas) {
        LOG.info("{}: its pool was deleted, removed", id);
        PlacementGroup leftover = open(id);
        leftover.loop().execute(leftover::remove);
      }
    }
  }

  private PlacementGroup open(PgId id) {
    int place = Math.floorMod(31 * Long.hashCode(id.pool()) + id.seed(), 1 << 16);
    return new PlacementGroup(id, new GuardedLoop(messenger.loop(place), onFailure), services);
  }

  /**
   * In order of their ids, so that what is done with all of them is done in the same order always.
   */
  SortedMap<PgId, PlacementGroup> all() {
    return new TreeMap<>(groups);
  }

  /** Null when it is not known. */
  PlacementGroup get(PgId id) {
    return groups.get(id);
  }

  /** The group that a message of a map we have not seen yet is for: it waits there. */
  PlacementGroup getEarly(PgId id) {
    return groups.size() < Limits.GROUPS ? groups.computeIfAbsent(id, this::open) : groups.get(id);
  }

  /** Ends all groups. Returns when none will touch the store any more. */
  void close() {
    SortedMap<PgId, PlacementGroup> ending = all();
    CountDownLatch open = new CountDownLatch(ending.size());
    for (PlacementGroup group : ending.values()) {
      group
          .loop()
          .execute(
              () -> {
                group.close();
                open.countDown();
              });
    }
    try {
      if (!open.await(CLOSE_SECONDS, TimeUnit.SECONDS)) {
        LOG.warn("{} placement groups did not end in {} s", open.getCount(), CLOSE_SECONDS);
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }
}
