package io.sluice.osd;

import io.sluice.protocol.DaemonOptions;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.ScrubFacts;
import io.sluice.types.Loop;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.Collection;
import java.util.Comparator;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import java.util.function.Supplier;

/**
 * Begins scrubs that are due of the groups we are primary of, longest unscrubbed first, a few at a
 * time and none while the machine is busy.
 *
 * <pre>
 * shallow  after osd_scrub_min_interval, spread by up to osd_scrub_interval_randomize_ratio of it, unless noscrub is set
 * deep     after osd_deep_scrub_interval, unless nodeep-scrub is set
 * </pre>
 *
 * <p>The spread is a group's own, not a dice's: the same at every look. <b>Threads:</b> the loop
 * given.
 */
final class ScrubSchedule {
  /** Against intervals of a day. */
  static final long LOOK_NANOS = 5_000_000_000L;

  private static final int SPREAD_STEPS = 1024;

  private final OsdOptions options;
  private final Loop loop;
  private final Supplier<ClusterView> view;
  private final Supplier<Collection<PlacementGroup>> groups;
  private volatile DoubleSupplier load = () -> 0;
  private volatile boolean stopped;

  ScrubSchedule(
      OsdOptions options,
      Loop loop,
      Supplier<ClusterView> view,
      Supplier<Collection<PlacementGroup>> groups) {
    this.options = options;
    this.loop = loop;
    this.view = view;
    this.groups = groups;
  }

  /** How busy the machine is: tasks that want to run per core. */
  void load(DoubleSupplier perCore) {
    load = perCore;
  }

  void start() {
    loop.schedule(LOOK_NANOS, this::look);
  }

  void stop() {
    stopped = true;
  }

  private void look() {
    if (stopped) {
      return;
    }
    loop.schedule(LOOK_NANOS, this::look);
    ClusterView now = view.get();
    if (now == null || !now.amUp()) {
      return;
    }
    Collection<PlacementGroup> all = groups.get();
    long running = all.stream().filter(group -> group.scrubber().isRunning()).count();
    if (running >= options.number(DaemonOptions.MAX_SCRUBS)) {
      return;
    }
    boolean busy = load.getAsDouble() > options.number(DaemonOptions.SCRUB_LOAD_THRESHOLD);
    Optional<PlacementGroup> next =
        all.stream()
            .filter(group -> group.state() == PgState.ACTIVE)
            .filter(group -> !busy || overdue(group))
            .filter(group -> deepIsDue(group, now) || shallowIsDue(group, now))
            .min(Comparator.comparing(group -> facts(group).ended()));
    next.ifPresent(
        group -> {
          boolean deep = deepIsDue(group, now);
          group.loop().execute(() -> group.scrubber().start(deep, false));
        });
  }

  private static ScrubFacts facts(PlacementGroup group) {
    return group.store().scrubs();
  }

  /** By a flag of the map, or of the group's pool. */
  private static boolean isForbidden(PlacementGroup group, ClusterView now, int flag, long ofPool) {
    PoolInfo pool = now.pool(group.id());
    return (now.map().flags() & flag) != 0 || pool == null || (pool.flags() & ofPool) != 0;
  }

  private boolean shallowIsDue(PlacementGroup group, ClusterView now) {
    double spread = options.number(DaemonOptions.SCRUB_RANDOMIZE_RATIO) * share(group.id());
    double wait = options.nanos(DaemonOptions.SCRUB_MIN_INTERVAL) * (1 + spread);
    return !isForbidden(group, now, OsdMap.NOSCRUB, PoolInfo.NOSCRUB)
        && age(facts(group).ended()) >= wait;
  }

  private boolean deepIsDue(PlacementGroup group, ClusterView now) {
    return !isForbidden(group, now, OsdMap.NODEEP_SCRUB, PoolInfo.NODEEP_SCRUB)
        && age(facts(group).deepEnded()) >= options.nanos(DaemonOptions.DEEP_SCRUB_INTERVAL);
  }

  private boolean overdue(PlacementGroup group) {
    return age(facts(group).ended()) >= options.nanos(DaemonOptions.SCRUB_MAX_INTERVAL);
  }

  private long age(UTime since) {
    return loop.clock().wallNanos() - since.toNanos();
  }

  /** From 0 to 1, another for each group. */
  private static double share(PgId id) {
    int mixed = (int) (id.pool() * 31 + id.seed()) * 0x9E3779B1;
    return (mixed >>> 16) % SPREAD_STEPS / (double) SPREAD_STEPS;
  }
}
