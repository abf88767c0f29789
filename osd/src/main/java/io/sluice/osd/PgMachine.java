package io.sluice.osd;

import io.sluice.protocol.PeerScope;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.Loop;
import java.util.List;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A placement group's state machine: takes it from interval to interval, through peering and
 * recovery, and says when operations may start.
 *
 * <p><b>Invariants:</b> peering and recovery of an interval end with it; operations start only
 * while {@link PgState#ACTIVE}, before the monitor may have been told of recovered members, and
 * while recovery does not stop them.
 *
 * <p><b>Threads:</b> the group's loop; {@link #state} any.
 */
final class PgMachine {
  private static final Logger LOG = LoggerFactory.getLogger(PgMachine.class);
  private static final long REPORT_AGAIN_NANOS = 1_000_000_000L;
  private static final long RETRY_FIRST_NANOS = 50_000_000L;
  private static final long NO_ROOM_FIRST_NANOS = 500_000_000L;

  /** 1.6 s: peers that are up answer sooner, or are marked down; 16 s where one has no room. */
  private static final int RETRY_DOUBLINGS = 5;

  private final PlacementGroup group;
  private final PgServices services;
  private final Set<Integer> formerActing = new TreeSet<>();
  private volatile PgState state = PgState.INITIAL;
  private volatile Permit permit;
  private ClusterView view;
  private PgEntry entry;
  private int generation;
  private Peering peering;
  private final RecoverySchedule recoveries;
  private Set<Integer> handedOver;
  private Loop.Timer retry;
  private int retries;
  private boolean suspended;
  private PgEntry othersOf;
  private List<Integer> others;

  PgMachine(PlacementGroup group, PgServices services) {
    this.group = group;
    this.services = services;
    this.recoveries = new RecoverySchedule(group, services);
  }

  PgState state() {
    return state;
  }

  /** Null unless {@link PgState#ACTIVE}. Any thread. */
  Permit permit() {
    return permit;
  }

  /** The newest map, or null before the first. */
  ClusterView view() {
    return view;
  }

  PgEntry entry() {
    return entry;
  }

  /** Changes with every interval. */
  int generation() {
    return generation;
  }

  Peering peering() {
    return peering;
  }

  Recovery recovery() {
    return recoveries.running();
  }

  /** Those who act beside us. */
  List<Integer> otherActing() {
    if (entry != othersOf) {
      others = entry.acting().stream().filter(osd -> osd != services.whoami()).toList();
      othersOf = entry;
    }
    return others;
  }

  /**
   * Ends the interval: the next map begins another one, whatever it says.
   *
   * @return who acted before, and may not know that it is over
   */
  Set<Integer> suspend() {
    Set<Integer> former = new TreeSet<>(formerActing);
    if (entry != null) {
      former.addAll(entry.acting());
    }
    endInterval();
    transition(PgState.INITIAL);
    suspended = true;
    return former;
  }

  /** True between {@link #suspend} and the next map. */
  boolean isSuspended() {
    return suspended;
  }

  /** These acted on our objects when they were another group's. */
  void inherit(Set<Integer> former) {
    formerActing.addAll(former);
  }

  /**
   * Takes over a newer map that has this group.
   *
   * @param onInterval runs between two intervals: told whether we stay the primary
   */
  void advance(ClusterView next, Consumer<Boolean> onInterval) {
    if (view == null) {
      group.store().load();
    }
    PgEntry nextEntry = next.pgs().entry(group.id());
    boolean sameInterval =
        entry != null
            && !suspended
            && nextEntry.intervalSince() == entry.intervalSince()
            && next.amUp() == view.amUp();
    boolean stays = entry != null && !suspended && staysPrimary(next, nextEntry);
    suspended = false;
    boolean otherRules = sameInterval && RecoveryRules.differ(view.map(), next.map());
    if (entry != null && !sameInterval) {
      formerActing.addAll(entry.acting());
    }
    view = next;
    entry = nextEntry;
    if (sameInterval) {
      if (otherRules && hasAgreed()) {
        recoveries.rulesChanged();
      }
      updateServing();
    } else {
      endInterval();
      onInterval.accept(stays);
      startInterval();
    }
  }

  /** True when no map between these two, nor they, name another primary. */
  private boolean staysPrimary(ClusterView next, PgEntry nextEntry) {
    int me = services.whoami();
    return next.epoch() == view.epoch() + 1
        && view.amUp()
        && next.amUp()
        && entry.primary() == me
        && nextEntry.primary() == me;
  }

  private void endInterval() {
    generation++;
    group.queues().pause();
    group.trimmer().reset();
    group.scrubber().reset();
    group.mender().reset();
    if (peering != null) {
      peering.cancel();
      peering = null;
    }
    recoveries.reset();
    handedOver = null;
    retries = 0;
    if (retry != null) {
      retry.cancel();
      retry = null;
    }
  }

  private void startInterval() {
    transition(PgState.INITIAL);
    int me = services.whoami();
    boolean involved = entry.acting().contains(me) || entry.up().contains(me);
    if (!view.amUp() || !involved) {
      transition(PgState.STRAY);
      discardIfUseless();
      return;
    }
    group.store().create(view.pool(group.id()).pgNum());
    if (entry.primary() != me) {
      transition(entry.acting().contains(me) ? PgState.REPLICA : PgState.STRAY);
    } else if (!entry.actingIsCurrent()) {
      LOG.info(
          "{}: nobody of {} is current ({} are), waiting",
          group.id(),
          entry.acting(),
          entry.current());
      transition(PgState.WAITING);
    } else {
      peer();
    }
  }

  /** Everything is where it should be, and that is elsewhere: our old copy may go. */
  private void discardIfUseless() {
    PoolInfo pool = view.pool(group.id());
    boolean settled =
        view.amUp()
            && !entry.hasStaleUp()
            && pool != null
            && entry.up().size() >= pool.size()
            && !entry.current().contains(services.whoami());
    if (settled && group.store().exists()) {
      LOG.info("{}: {} have everything, removing our old copy", group.id(), entry.up());
      group.store().destroy();
    }
  }

  private void peer() {
    transition(PgState.PEERING);
    group.queues().pause();
    group.replication().interrupt();
    group.trimmer().reset();
    group.scrubber().reset();
    group.mender().reset();
    recoveries.end();
    if (peering != null) {
      peering.cancel();
    }
    Set<Integer> asked = new TreeSet<>(entry.acting());
    // Who acted before and is still up may not know that it is over: it must hear of us first.
    formerActing.stream().filter(view.map()::isUp).forEach(asked::add);
    asked.remove(services.whoami());
    Peering round = new Peering(group, services, asked, this::agreed);
    peering = round;
    round.start();
  }

  private void agreed() {
    LOG.info(
        "{}: members {} agree at {}",
        group.id(),
        entry.acting(),
        group.store().info().lastUpdate());
    peering = null;
    formerActing.clear();
    retries = 0;
    recoveries.hinder("");
    group.mender().resume();
    transition(PgState.PEERED);
    if (handedOver == null) {
      recoveries.start();
    }
    updateServing();
  }

  /** Lets operations start, or not, as state, min_size and recovery say. */
  private void updateServing() {
    PoolInfo pool = view.pool(group.id());
    boolean enough = pool != null && entry.acting().size() >= pool.minSize();
    if (state == PgState.PEERED && enough) {
      transition(PgState.ACTIVE);
      group.replication().resume();
    } else if (state == PgState.ACTIVE && !enough) {
      transition(PgState.PEERED);
    }
    Recovery recovery = recoveries.running();
    boolean stopped = handedOver != null || recovery != null && recovery.stopsOperations();
    if (state == PgState.ACTIVE && !stopped && retry == null) {
      group.queues().resume();
      group.trimmer().start();
    } else {
      group.queues().pause();
    }
  }

  /** Until it begins anew with another interval, or flags of the map. */
  void endRecovery() {
    recoveries.end();
  }

  /** It will be tried again, from the beginning; operations go on. */
  void recoveryFailed() {
    recoveries.fail();
    updateServing();
  }

  void recoverAgain() {
    if (hasAgreed()) {
      recoveries.start();
    }
  }

  RecoverySchedule recoveries() {
    return recoveries;
  }

  /** The members agree, and nobody is about to join them. */
  private boolean hasAgreed() {
    return (state == PgState.ACTIVE || state == PgState.PEERED) && handedOver == null;
  }

  /** Those OSDs hold everything now; nothing is served in this interval any more. */
  void handOver(Set<Integer> osds) {
    handedOver = new TreeSet<>(osds);
    permit = null;
    group.queues().pause();
    reportRecovered(generation);
  }

  private void reportRecovered(int of) {
    if (generation == of && handedOver != null) {
      services.monitor().recovered(group.id(), entry.intervalSince(), List.copyOf(handedOver));
      group.loop().schedule(REPORT_AGAIN_NANOS, () -> reportRecovered(of));
    }
  }

  /** Messages sent to that OSD may be lost. */
  void peerLost(int osd) {
    boolean member = peering != null && peering.involves(osd);
    member |= (state == PgState.ACTIVE || state == PgState.PEERED) && entry.acting().contains(osd);
    if (member) {
      LOG.info("{}: lost osd.{}, peering again", group.id(), osd);
      retryLater(RETRY_FIRST_NANOS);
    } else if (recovery() != null && recovery().involves(osd)) {
      recoveryFailed();
    }
  }

  /** A member cannot take what it needs to agree with the others. */
  void noRoomToAgree() {
    recoveries.hinder(RecoverySchedule.RECOVERY_TOO_FULL);
    retryLater(NO_ROOM_FIRST_NANOS);
  }

  /** Peers again in the same interval after a pause; operations wait until then. */
  private void retryLater(long firstNanos) {
    permit = null;
    group.queues().pause();
    if (retry == null) {
      long delay = firstNanos << Math.min(retries++, RETRY_DOUBLINGS);
      int of = generation;
      retry = group.loop().schedule(delay, () -> retry(of));
    }
  }

  private void retry(int of) {
    if (generation != of) {
      return;
    }
    retry = null;
    if (state == PgState.PEERING || state == PgState.ACTIVE || state == PgState.PEERED) {
      peer();
    }
  }

  /** The pool is gone, or the daemon stops: nothing begins any more. */
  void end() {
    endInterval();
    transition(PgState.REMOVED);
  }

  private void transition(PgState next) {
    if (!state.allows(next) && state != next) {
      throw new IllegalStateException(group.id() + ": from " + state + " to " + next);
    }
    state = next;
    permit = next == PgState.ACTIVE ? newPermit() : null;
  }

  /** What messages to the other acting members say of interval and round. */
  private Permit newPermit() {
    SortedMap<Integer, PeerScope> scopes = new TreeMap<>();
    otherActing().forEach(osd -> scopes.put(osd, group.scopeFor(osd)));
    return new Permit(generation, scopes);
  }

  /** As Ceph words it: {@code active+clean}, {@code active+undersized+degraded+recovering}... */
  String describe() {
    PoolInfo pool = view == null ? null : view.pool(group.id());
    String words = PgDescription.of(state, entry, pool, recovery() != null);
    String hindrance = recoveries.hindrance();
    String more = state == PgState.ACTIVE ? group.background() : "";
    return words + (hindrance.isEmpty() ? "" : "+" + hindrance) + more;
  }
}
