package io.sluice.osd;

import io.sluice.protocol.PeerActivate;
import io.sluice.protocol.PeerActivated;
import io.sluice.protocol.PeerListing;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.PeerQuery;
import io.sluice.protocol.PeerReport;
import io.sluice.protocol.PushRefused;
import io.sluice.protocol.PushReply;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Brings members that should be acting, but are stale, up to date while the group goes on serving.
 *
 * <pre>
 * ASKING     they enter our interval
 * COMPARING  list their objects, copy what differs, remove what we have not; of those without room
 *            the latter only, and then without them
 * CATCHING   copy what changed meanwhile, a few times over
 * STOPPING   operations stop, what runs ends
 * FINISHING  copy the last few, then the log
 * REPORTED   the monitor is told; operations stay stopped until its next map
 * </pre>
 *
 * <p><b>Invariants:</b> an object is copied while no write of it runs; every object that changes
 * after the start is copied again; once the monitor may have been told, nothing is served in this
 * interval any more.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class Recovery {
  private static final Logger LOG = LoggerFactory.getLogger(Recovery.class);
  private static final int ROUNDS_MAX = 5; // a stream of writes faster than copying ends here

  private enum Phase {
    ASKING,
    COMPARING,
    CATCHING,
    STOPPING,
    FINISHING,
    REPORTED
  }

  private final PlacementGroup group;
  private final PgServices services;
  private final Set<Integer> targets;
  private final Set<Integer> waitingFor;
  private final Map<ObjectId, Set<Integer>> wanted = new LinkedHashMap<>();
  private final Set<ObjectId> dirty = new LinkedHashSet<>();
  private final Map<Integer, Comparison> comparisons = new TreeMap<>();
  private PushQueue pushes;
  private Phase phase = Phase.ASKING;
  private final Map<Integer, String> toBeTooFull = new TreeMap<>();
  private final Set<Integer> noRoom = new TreeSet<>();
  private String hindrance = "";
  private int rounds;
  private boolean cancelled;

  Recovery(PlacementGroup group, PgServices services, Set<Integer> targets) {
    this.group = group;
    this.services = services;
    this.targets = new TreeSet<>(targets);
    this.waitingFor = new TreeSet<>(targets);
  }

  void start() {
    LOG.info("{}: bringing {} up to date", group.id(), targets);
    services.counters().recoveries.increment();
    for (int osd : targets) {
      services.peers().send(osd, new PeerQuery(group.beginRound(osd), EVersion.ZERO).toEnvelope());
    }
  }

  /** A message of the present round from one of the targets; taken over. */
  void handle(PeerDelivery delivery) {
    PeerMessage message = delivery.message();
    int from = delivery.from();
    delivery.close();
    if (message instanceof PeerReport report && phase == Phase.ASKING) {
      group.noteRoom(from, report.room());
      onReport(from, report);
    } else if (message instanceof PeerListing listing && comparisons.containsKey(from)) {
      comparisons.get(from).onListing(listing);
    } else if (message instanceof PushReply reply && pushes != null) {
      pushes.onReply(from, reply);
    } else if (message instanceof PushRefused refused && pushes != null) {
      LOG.info("{}: osd.{} has no room for {}", group.id(), from, refused.object());
      group.machine().recoveries().hinder(toBeTooFull.get(from));
      group.machine().recoveryFailed();
    } else if (message instanceof PeerActivated && phase == Phase.FINISHING) {
      if (waitingFor.remove(from) && waitingFor.isEmpty()) {
        report();
      }
    }
  }

  private void onReport(int from, PeerReport report) {
    boolean told = RecoveryRules.isTold(group, report.info());
    String tooFull = told ? RecoverySchedule.RECOVERY_TOO_FULL : RecoverySchedule.BACKFILL_TOO_FULL;
    toBeTooFull.put(from, tooFull);
    if (!RecoveryRules.mayCopy(group, report.info())) {
      LOG.info("{}: flags of the map forbid to fill osd.{}", group.id(), from);
      targets.remove(from);
    } else if (!RecoveryRules.hasRoom(group, report)) {
      hindrance = tooFull;
      noRoom.add(from);
    }
    if (waitingFor.remove(from) && waitingFor.isEmpty()) {
      group.machine().recoveries().hinder(hindrance);
      if (!noRoom.isEmpty() && !group.machine().recoveries().thinsAgain()) {
        leaveOut();
      }
      if (!targets.isEmpty()) {
        compare();
      } else if (hindrance.isEmpty()) {
        group.machine().endRecovery();
      } else {
        group.machine().recoveryFailed();
      }
    }
  }

  /** Goes on without those that have no room. */
  private void leaveOut() {
    targets.removeAll(noRoom);
    noRoom.clear();
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      if (!cancelled) {
        task.run();
      }
    };
  }

  private void compare() {
    phase = Phase.COMPARING;
    waitingFor.addAll(targets);
    for (int osd : targets) {
      Comparison comparison = new Comparison(group, services, osd);
      comparisons.put(osd, comparison);
      comparison.start(guarded(() -> compared(osd, comparison)));
    }
  }

  private void compared(int osd, Comparison comparison) {
    // Who has no room is relieved of what is gone.
    boolean mayFill = !noRoom.contains(osd);
    for (ObjectId object : mayFill ? comparison.differing() : comparison.gone()) {
      wanted.computeIfAbsent(object, o -> new TreeSet<>()).add(osd);
    }
    if (waitingFor.remove(osd) && waitingFor.isEmpty()) {
      comparisons.clear();
      LOG.info("{}: {} objects differ on {}", group.id(), wanted.size(), targets);
      pushes =
          new PushQueue(services, group.store().objects(), false, this::takeTurn, this::unreadable);
      wanted.forEach((object, osds) -> pushes.add(object, targetsOf(osds)));
      wanted.clear();
      pushes.start(guarded(this::copied));
    }
  }

  private void copied() {
    leaveOut();
    if (targets.isEmpty()) {
      group.machine().recoveryFailed();
    } else {
      catchUp();
    }
  }

  private void takeTurn(ObjectId object, Consumer<Runnable> work) {
    group
        .queues()
        .submitUrgent(
            object.toHead(),
            new ObjectQueues.Task() {
              @Override
              public void run(ObjectQueues.Slot slot) {
                work.accept(slot::release);
              }

              @Override
              public void drop() {
                // The interval is over, and with it this recovery.
              }
            });
  }

  private boolean unreadable(ObjectId object) {
    LOG.error("{}: {} cannot be read here, {} stay stale", group.id(), object, targets);
    group.machine().recoveryFailed();
    return false;
  }

  private Map<Integer, ObjectPush.Target> targetsOf(Set<Integer> osds) {
    Map<Integer, ObjectPush.Target> wires = new TreeMap<>();
    for (int osd : osds) {
      wires.put(
          osd,
          new ObjectPush.Target(
              group.scopeFor(osd), message -> services.peers().send(osd, message)));
    }
    return wires;
  }

  /** An operation changes an object: the copies made so far are old. */
  void noteChanged(PeerLogEntry entry) {
    dirty.addAll(entry.changed());
  }

  private void catchUp() {
    phase = Phase.CATCHING;
    rounds++;
    if (dirty.size() <= Limits.FINAL_OBJECTS || rounds > ROUNDS_MAX) {
      phase = Phase.STOPPING;
      group.queues().pause();
      group.queues().whenIdle(guarded(this::copyTheLast));
    } else {
      copyDirty(this::catchUp);
    }
  }

  private void copyTheLast() {
    phase = Phase.FINISHING;
    copyDirty(this::activate);
  }

  private void copyDirty(Runnable then) {
    List<ObjectId> objects = List.copyOf(dirty);
    dirty.clear();
    objects.forEach(object -> pushes.add(object, targetsOf(targets)));
    pushes.start(guarded(then));
  }

  private void activate() {
    waitingFor.addAll(targets);
    for (int osd : targets) {
      PeerActivate activate =
          new PeerActivate(
              group.scopeFor(osd),
              group.store().info(),
              true,
              EVersion.ZERO,
              group.store().log().all());
      services.peers().send(osd, activate.toEnvelope());
    }
  }

  private void report() {
    phase = Phase.REPORTED;
    LOG.info("{}: {} are up to date", group.id(), targets);
    group.machine().handOver(targets);
  }

  /** True from the moment operations must not start. */
  boolean stopsOperations() {
    return phase.compareTo(Phase.STOPPING) >= 0;
  }

  boolean involves(int osd) {
    return targets.contains(osd) && phase != Phase.REPORTED;
  }

  Set<Integer> targets() {
    return Set.copyOf(targets);
  }

  void cancel() {
    cancelled = true;
    if (pushes != null) {
      pushes.cancel();
    }
  }

  @Override
  public String toString() {
    return "recovery of " + targets + " " + phase;
  }
}
