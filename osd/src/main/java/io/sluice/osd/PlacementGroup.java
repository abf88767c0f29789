package io.sluice.osd;

import io.sluice.messenger.Connection;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerScope;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.StoreRoom;
import io.sluice.types.EntityName;
import io.sluice.types.Loop;
import io.sluice.types.PgId;
import java.util.List;
import java.util.Set;

/**
 * One placement group on this OSD: gives each message to the part it is for, and what waits for a
 * map or for its turn a place to wait.
 *
 * <p><b>Invariants:</b> the parts see only messages of the present interval; operations wait
 * through intervals in which we stay primary, since clients do not send those again, and are let go
 * when somebody else may have been primary.
 *
 * <p><b>Threads:</b> its loop, to which it is pinned; {@link #state} and {@link #describe} any.
 * <b>Owns</b> its copy in the store.
 */
final class PlacementGroup {
  private static final String UNBORN = "for a group that no map has had: to be said again";

  private final PgId id;
  private final Loop loop;
  private final PgServices services;
  private final PgStore store;
  private final PgMachine machine;
  private final Rounds rounds;
  private final ObjectQueues queues = new ObjectQueues();
  private final PgUsage usage = new PgUsage();
  private final ReplyGate replies;
  private final Replication replication;
  private final Membership membership;
  private final OpExecutor executor;
  private final Watchers watchers = new Watchers(this);
  private final SnapTrimmer trimmer;
  private final Mender mender;
  private final Scrubber scrubber;
  private final Arrivals arrivals = new Arrivals();

  /** Nobody had anything to say to us when the last map came, in which we are not. */
  private boolean idle;

  private int tenure;
  private int primarySince;

  PlacementGroup(PgId id, Loop loop, PgServices services) {
    this.id = id;
    this.loop = loop;
    this.services = services;
    this.store = new PgStore(services, id, loop);
    this.machine = new PgMachine(this, services);
    this.rounds = new Rounds(id);
    this.replies = new ReplyGate(services, usage);
    this.replication = new Replication(this, services);
    this.membership = new Membership(this, services);
    this.executor = new OpExecutor(this, services);
    this.trimmer = new SnapTrimmer(this, services);
    this.mender = new Mender(this, services);
    this.scrubber = new Scrubber(this, services);
    store.objects().mendWith(mender);
  }

  /** A newer map. */
  void advance(ClusterView next) {
    if (state() == PgState.REMOVED) {
      return;
    }
    if (next.pgs().entry(id) == null) {
      if (view() == null) {
        // A message spoke of us before our pool's map came: not yet born, or never.
        arrivals.dropUpTo(next.epoch(), services);
        if (idle && arrivals.isEmpty()) {
          machine.end(); // whoever speaks of us again makes another
        }
        idle = arrivals.isEmpty();
      } else {
        remove();
      }
      return;
    }
    machine.advance(next, this::changeInterval);
    replies.flush(next.epoch());
    arrivals.release(this::handleClient, this::handlePeer);
  }

  /** The pool was deleted: nothing of it stays here. */
  void remove() {
    close();
    store.load();
    store.destroy();
    services.payers().forget(id);
  }

  /**
   * Ends the interval; what comes waits for the next map.
   *
   * @return who acted before, and may not know that it is over
   */
  Set<Integer> suspend() {
    Set<Integer> former = machine.suspend();
    membership.reset();
    endTenure();
    return former;
  }

  private void changeInterval(boolean staysPrimary) {
    rounds.startInterval(entry().intervalSince());
    membership.reset();
    if (!staysPrimary) {
      endTenure();
      primarySince = entry().intervalSince();
    }
  }

  /** Others may have served, or will: what clients asked us for is theirs to ask again. */
  private void endTenure() {
    tenure++;
    replication.abandon();
    mender.abandon();
    queues.clear();
    replies.drop(this::letGo);
    watchers.clear();
  }

  /** A client is gone: what of it waits for a map waits for nobody. */
  void letGoOf(Connection connection) {
    arrivals.dropOf(connection);
  }

  /** A client's operation; taken over. */
  void handleClient(ClientOp op) {
    if (state() == PgState.REMOVED) {
      if (view() == null) {
        op.connection().close(UNBORN);
      }
      services.drop(op);
      return;
    }
    int epoch = op.request().epoch();
    if (isEarly(epoch)) {
      arrivals.hold(op);
      return;
    }
    boolean old = Integer.compareUnsigned(epoch, primarySince) < 0;
    if (old || !state().isPrimary()) {
      if (old || !SpreadReads.sendOn(op, view().epoch())) {
        letGo(op);
      }
      return;
    }
    queues.submit(
        op.request().object().toHead(),
        new ObjectQueues.Task() {
          @Override
          public void run(ObjectQueues.Slot slot) {
            executor.run(op, slot);
          }

          @Override
          public void drop() {
            letGo(op);
          }
        });
  }

  /** True for what a later map is to decide about. */
  private boolean isEarly(int epoch) {
    return view() == null
        || machine.isSuspended()
        || Integer.compareUnsigned(epoch, view().epoch()) > 0;
  }

  /**
   * An operation that will not be answered. Where we are (still, or again) the primary no map may
   * tell its client to ask again (we may have missed maps in which others were), so its connection
   * does.
   */
  void letGo(ClientOp op) {
    services.drop(op);
    boolean ours = entry() != null && entry().primary() == services.whoami();
    if (ours && op.connection().peerName().type() != EntityName.OSD) {
      op.connection().close("the group has moved on, and so must its operations");
    }
  }

  /** A message from another OSD; taken over. */
  void handlePeer(PeerDelivery delivery) {
    PeerScope scope = delivery.message().scope();
    boolean removed = state() == PgState.REMOVED;
    if (removed && view() == null) {
      delivery.connection().close(UNBORN);
    }
    if (!removed && isEarly(scope.interval())) {
      arrivals.hold(delivery);
    } else if (removed || !view().amUp() || scope.interval() != entry().intervalSince()) {
      delivery.close();
    } else if (delivery.from() == entry().primary()) {
      membership.handle(delivery);
    } else if (rounds.isPresent(delivery.from(), scope)) {
      handleAnswer(delivery);
    } else {
      delivery.close();
    }
  }

  /** What a member says to us, the primary. */
  private void handleAnswer(PeerDelivery delivery) {
    if (mender.expects(delivery)) {
      mender.handle(delivery);
    } else if (scrubber.handle(delivery)) {
      return;
    } else if (machine.peering() != null) {
      machine.peering().handle(delivery);
    } else if (replication.handle(delivery)) {
      return;
    } else if (machine.recovery() != null) {
      machine.recovery().handle(delivery);
    } else {
      delivery.close();
    }
  }

  /** Messages sent to that OSD may be lost. */
  void peerLost(int osd) {
    machine.peerLost(osd);
  }

  /** The lease came back, or is for another map. */
  void leaseChanged() {
    if (view() != null) {
      replies.flush(view().epoch());
    }
  }

  /** Everything ends, and nothing begins any more. */
  void close() {
    if (state() != PgState.REMOVED) {
      machine.end();
      membership.reset();
      endTenure();
      arrivals.dropAll(services);
    }
  }

  /** Runs the task later on the loop, unless the interval ends first. */
  void later(Runnable task) {
    later(0, task);
  }

  /** The same after a pause. */
  void later(long nanos, Runnable task) {
    int of = machine.generation();
    Runnable guarded =
        () -> {
          if (machine.generation() == of) {
            task.run();
          }
        };
    if (nanos == 0) {
      loop.execute(guarded);
    } else {
      loop.schedule(nanos, guarded);
    }
  }

  /** An operation is being logged. */
  void noteChanged(PeerLogEntry logged) {
    if (machine.recovery() != null) {
      machine.recovery().noteChanged(logged);
    }
  }

  void noteRoom(int osd, StoreRoom room) {
    services.fullness().note(osd, room);
  }

  /** True where a store of the acting set takes no more writes, as far as it is known. */
  boolean isFull() {
    return services.fullness().isFull(services.fullness().fullest(otherActing()));
  }

  List<Integer> otherActing() {
    return machine.otherActing();
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

  PgMachine machine() {
    return machine;
  }

  PgState state() {
    return machine.state();
  }

  ClusterView view() {
    return machine.view();
  }

  PgEntry entry() {
    return machine.entry();
  }

  int generation() {
    return machine.generation();
  }

  /** Changes when somebody else may have been primary: operations begun before are void. */
  int tenure() {
    return tenure;
  }

  /** Null while writes are not to be handed on before their turn. Any thread. */
  Permit permit() {
    return machine.permit();
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

  Watchers watchers() {
    return watchers;
  }

  /** What is the same for all groups. */
  PgServices services() {
    return services;
  }

  /** What goes on beside clients' operations, as Ceph adds it to a state. */
  String background() {
    return (trimmer.isRunning() ? "+snaptrim" : "")
        + (scrubber.isRunning() ? "+scrubbing" : "")
        + (scrubber.inconsistent() > 0 ? "+inconsistent" : "");
  }

  PgUsage usage() {
    return usage;
  }

  Mender mender() {
    return mender;
  }

  Scrubber scrubber() {
    return scrubber;
  }

  SnapTrimmer trimmer() {
    return trimmer;
  }

  /** Nanoseconds since 1970. */
  long wallNanos() {
    return services.clock().wallNanos();
  }

  Replication replication() {
    return replication;
  }

  String describe() {
    return machine.describe();
  }

  @Override
  public String toString() {
    return id + " " + state() + " " + entry() + " " + store.log();
  }
}
