package io.sluice.osd;

import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerScope;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.RepOpReply;
import io.sluice.types.Loop;
import io.sluice.types.PgId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One placement group on this OSD: follows the maps from interval to interval and gives each message to the
 * part it is for.
 *
 * <p><b>Invariants:</b> what an interval began ends with it, except that operations wait through intervals in
 * which we stay primary (clients do not send those again); operations start only while {@link
 * PgState#ACTIVE} and not {@link #handedOver}; the parts see only messages of the present interval.
 *
 * <p><b>Threads:</b> its loop, to which it is pinned; {@link #state} any. <b>Owns</b> its copy in the store.
 */
final class PlacementGroup {
  private static final Logger LOG = LoggerFactory.getLogger(PlacementGroup.class);
  private static final long REPORT_AGAIN_NANOS = 1_000_000_000L;
  private static final long RETRY_FIRST_NANOS = 50_000_000L;
  private static final int RETRY_DOUBLINGS = 5; // 1.6 s: peers that are up answer sooner or are marked down

  private final PgId id;
  private final Loop loop;
  private final PgServices services;
  private final PgStore store;
  private final Rounds rounds;
  private final ObjectQueues queues = new ObjectQueues();
  private final ReplyGate replies;
  private final Replication replication;
  private final Membership membership;
  private final OpExecutor executor;
  private final Arrivals arrivals = new Arrivals();
  private final Set<Integer> formerActing = new TreeSet<>();
  private final Map<Integer, Integer> fullness = new TreeMap<>();
  private volatile PgState state = PgState.INITIAL;
  private ClusterView view;
  private PgEntry entry;
  private int generation;
  private int tenure;
  private int primarySince;
  private Peering peering;
  private Recovery recovery;
  private Set<Integer> handedOver;
  private boolean retryScheduled;
  private int retries;

  PlacementGroup(PgId id, Loop loop, PgServices services) {
    this.id = id;
    this.loop = loop;
    this.services = services;
    this.store = new PgStore(services, id, loop);
    this.rounds = new Rounds(id);
    this.replies = new ReplyGate(services);
    this.replication = new Replication(this, services);
    this.membership = new Membership(this, services);
    this.executor = new OpExecutor(this, services);
  }

  /** A newer map. */
  void advance(ClusterView next) {
    if (state == PgState.REMOVED) {
      return;
    }
    PgEntry nextEntry = next.pgs().entry(id);
    if (view == null && nextEntry == null) {
      // A message spoke of us before our pool's map came: not yet born, or never.
      arrivals.dropUpTo(next.epoch(), services);
      return;
    }
    boolean sameInterval =
        view != null
            && nextEntry != null
            && nextEntry.intervalSince() == entry.intervalSince()
            && next.amUp() == view.amUp();
    boolean stillPrimary = nextEntry != null && staysPrimary(next, nextEntry);
    if (entry != null && !sameInterval) {
      formerActing.addAll(entry.acting());
    }
    view = next;
    if (nextEntry == null) {
      remove();
      return;
    }
    entry = nextEntry;
    if (!sameInterval) {
      endInterval();
      if (!stillPrimary) {
        endTenure();
        primarySince = entry.intervalSince();
      }
      startInterval();
    } else {
      updateServing();
    }
    replies.flush(view.epoch());
    arrivals.release(this::handleClient, this::handlePeer);
  }

  /** Clients send their operations again only when the primary changes: while it is us, we keep them. */
  private boolean staysPrimary(ClusterView next, PgEntry nextEntry) {
    int me = services.whoami();
    return view != null
        && next.epoch() == view.epoch() + 1
        && view.amUp()
        && next.amUp()
        && entry.primary() == me
        && nextEntry.primary() == me;
  }

  private void endInterval() {
    generation++;
    queues.pause();
    if (peering != null) {
      peering.cancel();
      peering = null;
    }
    endRecovery();
    handedOver = null;
    retries = 0;
    fullness.clear();
    membership.reset();
  }

  /** Others may have served, or will: what clients asked us for is theirs to ask again. */
  private void endTenure() {
    tenure++;
    replication.abandon();
    queues.clear();
    replies.drop();
  }

  private void startInterval() {
    transition(PgState.INITIAL);
    rounds.startInterval(entry.intervalSince());
    int me = services.whoami();
    boolean involved = entry.acting().contains(me) || entry.up().contains(me);
    if (!view.amUp() || !involved) {
      transition(PgState.STRAY);
      discardIfUseless();
      return;
    }
    store.create();
    if (entry.primary() != me) {
      transition(entry.acting().contains(me) ? PgState.REPLICA : PgState.STRAY);
    } else if (!entry.actingIsCurrent()) {
      LOG.info("{}: nobody of {} is current ({} are), waiting", id, entry.acting(), entry.current());
      transition(PgState.WAITING);
    } else {
      peer();
    }
  }

  /** Everything is where it should be, and that is elsewhere: our old copy may go. */
  private void discardIfUseless() {
    PoolInfo pool = view.pool(id);
    boolean settled =
        view.amUp()
            && !entry.hasStaleUp()
            && pool != null
            && entry.up().size() >= pool.size()
            && !entry.current().contains(services.whoami());
    if (settled && store.exists()) {
      LOG.info("{}: {} have everything, removing our old copy", id, entry.up());
      store.destroy();
    }
  }

  private void peer() {
    transition(PgState.PEERING);
    queues.pause();
    endRecovery();
    if (peering != null) {
      peering.cancel();
    }
    Set<Integer> asked = new TreeSet<>(entry.acting());
    formerActing.stream().filter(view.map()::isUp).forEach(asked::add);
    asked.remove(services.whoami());
    Peering round = new Peering(this, services, asked, this::agreed);
    peering = round;
    round.start();
  }

  private void agreed() {
    LOG.info("{}: members {} agree at {}", id, entry.acting(), store.info().lastUpdate());
    peering = null;
    formerActing.clear();
    retries = 0;
    replication.membersHaveAll();
    transition(enough() ? PgState.ACTIVE : PgState.PEERED);
    if (state == PgState.ACTIVE) {
      replication.resume();
    }
    if (handedOver == null) {
      recover();
    }
    updateServing();
  }

  private boolean enough() {
    PoolInfo pool = view.pool(id);
    return pool != null && entry.acting().size() >= pool.minSize();
  }

  /** Lets operations start, or not, as state, min_size and recovery say. */
  private void updateServing() {
    if (state == PgState.PEERED && enough()) {
      transition(PgState.ACTIVE);
      replication.resume();
    } else if (state == PgState.ACTIVE && !enough()) {
      transition(PgState.PEERED);
    }
    boolean stopped = handedOver != null || recovery != null && recovery.stopsOperations();
    if (state == PgState.ACTIVE && !stopped) {
      queues.resume();
    } else {
      queues.pause();
    }
  }

  private void recover() {
    Set<Integer> stale = new TreeSet<>(entry.up());
    stale.removeAll(entry.current());
    stale.remove(services.whoami());
    if (!stale.isEmpty() && recovery == null) {
      recovery = new Recovery(this, services, stale);
      recovery.start();
    }
  }

  private void endRecovery() {
    if (recovery != null) {
      recovery.cancel();
      recovery = null;
    }
  }

  /** It will be tried again, from the beginning. */
  void recoveryFailed() {
    endRecovery();
    updateServing();
    retryLater();
  }

  /** Those OSDs hold everything now; nothing is served in this interval any more. */
  void handOver(Set<Integer> osds) {
    handedOver = new TreeSet<>(osds);
    queues.pause();
    reportRecovered(generation);
  }

  private void reportRecovered(int of) {
    if (generation == of && handedOver != null) {
      services.monitor().recovered(id, entry.intervalSince(), List.copyOf(handedOver));
      loop.schedule(REPORT_AGAIN_NANOS, () -> reportRecovered(of));
    }
  }

  /** Messages sent to that OSD may be lost. */
  void peerLost(int osd) {
    boolean member = peering != null && peering.involves(osd);
    member |= (state == PgState.ACTIVE || state == PgState.PEERED) && entry.acting().contains(osd);
    if (member) {
      LOG.info("{}: lost osd.{}, peering again", id, osd);
      queues.pause();
      retryLater();
    } else if (recovery != null && recovery.involves(osd)) {
      recoveryFailed();
    }
  }

  private void retryLater() {
    if (retryScheduled) {
      return;
    }
    retryScheduled = true;
    int of = generation;
    loop.schedule(RETRY_FIRST_NANOS << Math.min(retries++, RETRY_DOUBLINGS), () -> retry(of));
  }

  private void retry(int of) {
    retryScheduled = false;
    if (generation != of) {
      return;
    }
    if (state == PgState.PEERING || state == PgState.ACTIVE || state == PgState.PEERED) {
      peer();
    }
  }

  /** A client's operation; taken over. */
  void handleClient(ClientOp op) {
    if (state == PgState.REMOVED) {
      services.drop(op);
      return;
    }
    int epoch = op.request().epoch();
    if (view == null || Integer.compareUnsigned(epoch, view.epoch()) > 0) {
      arrivals.hold(op);
      return;
    }
    boolean old = Integer.compareUnsigned(epoch, primarySince) < 0;
    if (old || !state.isPrimary()) {
      services.drop(op);
      return;
    }
    queues.submit(
        op.request().object(),
        new ObjectQueues.Task() {
          @Override
          public void run(ObjectQueues.Slot slot) {
            executor.run(op, slot);
          }

          @Override
          public void drop() {
            services.drop(op);
          }
        });
  }

  /** A message from another OSD; taken over. */
  void handlePeer(PeerDelivery delivery) {
    PeerScope scope = delivery.message().scope();
    if (state != PgState.REMOVED
        && (view == null || Integer.compareUnsigned(scope.interval(), view.epoch()) > 0)) {
      arrivals.hold(delivery);
      return;
    }
    boolean present =
        state != PgState.REMOVED && view.amUp() && scope.interval() == entry.intervalSince();
    if (!present) {
      delivery.close();
    } else if (delivery.from() == entry.primary()) {
      membership.handle(delivery);
    } else if (!rounds.isPresent(delivery.from(), scope)) {
      delivery.close();
    } else if (peering != null) {
      peering.handle(delivery);
    } else if (delivery.message() instanceof RepOpReply reply) {
      delivery.close();
      replication.onReply(delivery.from(), reply);
    } else if (recovery != null) {
      recovery.handle(delivery);
    } else {
      delivery.close();
    }
  }

  /** The lease came back, or is for another map. */
  void leaseChanged() {
    if (view != null) {
      replies.flush(view.epoch());
    }
  }

  private void remove() {
    endInterval();
    endTenure();
    transition(PgState.REMOVED);
    arrivals.dropAll(services);
    store.destroy();
  }

  /** The daemon stops: everything ends, and nothing begins any more. */
  void close() {
    endInterval();
    endTenure();
    state = PgState.REMOVED;
    arrivals.dropAll(services);
  }

  /** Runs the task later on the loop, unless the interval ends first. */
  void later(Runnable task) {
    int of = generation;
    loop.execute(
        () -> {
          if (generation == of) {
            task.run();
          }
        });
  }

  private void transition(PgState next) {
    if (!state.allows(next) && state != next) {
      throw new IllegalStateException(id + ": from " + state + " to " + next);
    }
    state = next;
  }

  void noteChanged(PeerLogEntry logged) {
    if (recovery != null) {
      recovery.noteChanged(logged);
    }
  }

  void noteFullness(int osd, int permille) {
    fullness.put(osd, permille);
  }

  /** The fullest store of the acting set, in thousandths, as far as it is known. */
  int fullestPermille() {
    int fullest = services.fullness().permille();
    for (int osd : entry.acting()) {
      fullest = Math.max(fullest, fullness.getOrDefault(osd, 0));
    }
    return fullest;
  }

  List<Integer> otherActing() {
    return entry.acting().stream().filter(osd -> osd != services.whoami()).toList();
  }

  PeerScope beginRound(int osd) {
    return rounds.begin(osd);
  }

  PeerScope scopeFor(int osd) {
    return rounds.scopeFor(osd);
  }

  PgId id() {
    return id;
  }

  Loop loop() {
    return loop;
  }

  PgState state() {
    return state;
  }

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

  /** Changes when somebody else may have been primary: operations begun before are void. */
  int tenure() {
    return tenure;
  }

  PgStore store() {
    return store;
  }

  ObjectQueues queues() {
    return queues;
  }

  ReplyGate replies() {
    return replies;
  }

  Replication replication() {
    return replication;
  }

  /** As Ceph words it: {@code active+clean}, {@code active+undersized+degraded+recovering}... */
  String describe() {
    return PgDescription.of(state, entry, view == null ? null : view.pool(id), recovery != null);
  }

  @Override
  public String toString() {
    return id + " " + state + " " + entry + " " + store.log();
  }
}
