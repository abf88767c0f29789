package io.sluice.osd;

import io.sluice.objectstore.Transaction;
import io.sluice.protocol.PeerActivate;
import io.sluice.protocol.PeerActivated;
import io.sluice.protocol.PeerListing;
import io.sluice.protocol.PeerLogEntry;
import io.sluice.protocol.PeerMessage;
import io.sluice.protocol.PeerPull;
import io.sluice.protocol.PeerQuery;
import io.sluice.protocol.PeerReport;
import io.sluice.protocol.PeerUnreadable;
import io.sluice.protocol.PushObject;
import io.sluice.protocol.PushRefused;
import io.sluice.protocol.PushReply;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import java.util.HashMap;
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
 * One round in which the primary makes all acting members agree.
 *
 * <pre>
 * drain own commits -> ask all for info and log -> newest last_update is the authority
 *   -> not us: pull the objects its log names, adopt log and objects in one transaction
 *   -> each member that differs: push the objects, held there, then its log: one transaction there
 *   -> all have committed: done
 * </pre>
 *
 * <p><b>Invariants:</b> a copy's log never speaks of what its objects are not at (both change in
 * one transaction); nobody of an earlier interval who is still up has been left unasked, so nobody
 * serves in ignorance.
 *
 * <p><b>Threads:</b> the group's loop. An instance is one round; {@link #cancel} ends it.
 */
final class Peering {
  private static final Logger LOG = LoggerFactory.getLogger(Peering.class);

  private final PlacementGroup group;
  private final PgServices services;
  private final PgStore store;
  private final Set<Integer> asked;
  private final Map<Integer, PeerReport> reports = new TreeMap<>();
  private final Set<Integer> behind = new TreeSet<>();
  private final Map<Integer, PushQueue> pushes = new TreeMap<>();
  private final Map<Integer, Comparison> comparisons = new TreeMap<>();
  private final Map<ObjectId, Set<Integer>> unreadable = new HashMap<>();
  private final PushReceiver pulled;
  private final Runnable onDone;
  private Set<ObjectId> pulling = Set.of();
  private int authority;
  private PgStore.Adoption adopting;
  private boolean cancelled;

  /**
   * @param asked acting members and those of earlier intervals that are up, without us
   * @param onDone runs when all agree
   */
  Peering(PlacementGroup group, PgServices services, Set<Integer> asked, Runnable onDone) {
    this.group = group;
    this.services = services;
    this.store = group.store();
    this.asked = new TreeSet<>(asked);
    this.pulled = new PushReceiver(group.store());
    this.onDone = onDone;
  }

  void start() {
    services.counters().peerings.increment();
    store.whenDrained(guarded(this::ask));
  }

  private Runnable guarded(Runnable task) {
    return () -> {
      if (!cancelled) {
        task.run();
      }
    };
  }

  private void ask() {
    for (int osd : asked) {
      PeerQuery query = new PeerQuery(group.beginRound(osd), store.log().head());
      services.peers().send(osd, query.toEnvelope());
    }
    elect();
  }

  /** A message of this round; taken over. */
  void handle(PeerDelivery delivery) {
    PeerMessage message = delivery.message();
    int from = delivery.from();
    if (message instanceof PushObject piece && pulling.contains(piece.object())) {
      onPulled(piece, delivery);
      return;
    }
    delivery.close();
    if (message instanceof PeerReport report && asked.contains(from)) {
      group.noteRoom(from, report.room());
      reports.put(from, report);
      elect();
    } else if (message instanceof PeerListing listing && comparisons.containsKey(from)) {
      comparisons.get(from).onListing(listing);
    } else if (message instanceof PushReply reply && pushes.containsKey(from)) {
      pushes.get(from).onReply(from, reply);
    } else if (message instanceof PushRefused refused && pushes.containsKey(from)) {
      group.noteRoom(from, refused.room());
      noRoom(from, refused.object());
    } else if (message instanceof PeerUnreadable not && pulling.contains(not.object())) {
      pullElsewhere(not.object(), from);
    } else if (message instanceof PeerActivated activated) {
      group.noteRoom(from, activated.room());
      agreed(from);
    }
  }

  private void elect() {
    if (reports.size() < asked.size()) {
      return;
    }
    authority = services.whoami();
    EVersion newest = store.info().lastUpdate();
    for (int osd : group.otherActing()) {
      EVersion theirs = reports.get(osd).info().lastUpdate();
      if (theirs.compareTo(newest) > 0) {
        newest = theirs;
        authority = osd;
      }
    }
    if (authority == services.whoami()) {
      spread();
    } else {
      pull(reports.get(authority));
    }
  }

  private void pull(PeerReport from) {
    LogDiff diff = store.log().compare(from.info(), from.log());
    LOG.info(
        "{}: osd.{} knows more ({}), pulling {}",
        group.id(),
        authority,
        from.info().lastUpdate(),
        diff);
    if (diff.overlap()) {
      pull(diff.objects(), adoption(from, diff));
    } else {
      compare(authority, objects -> pull(objects, adoption(from, diff)));
    }
  }

  /** The logs have nothing in common: only all objects tell. */
  private void compare(int osd, Consumer<Set<ObjectId>> onDone) {
    Comparison all = new Comparison(group, services, osd);
    comparisons.put(osd, all);
    all.start(guarded(() -> onDone.accept(all.differing())));
  }

  private PgStore.Adoption adoption(PeerReport from, LogDiff diff) {
    List<PeerLogEntry> entries = from.log();
    if (diff.overlap()) {
      entries = entries.stream().filter(e -> e.version().compareTo(diff.common()) > 0).toList();
    }
    return new PgStore.Adoption(
        from.info(), !diff.overlap(), diff.common(), entries, group.entry().intervalSince());
  }

  private void pull(Set<ObjectId> objects, PgStore.Adoption adoption) {
    adopting = adoption;
    pulling = new LinkedHashSet<>(objects);
    if (pulling.isEmpty()) {
      adopt();
      return;
    }
    services.counters().pulled.add(pulling.size());
    PeerPull request = new PeerPull(group.scopeFor(authority), List.copyOf(pulling));
    services.peers().send(authority, request.toEnvelope());
  }

  /** The authority's disk fails us: any other member that is as new has the object, too. */
  private void pullElsewhere(ObjectId object, int notFrom) {
    unreadable.computeIfAbsent(object, o -> new TreeSet<>()).add(notFrom);
    EVersion newest = reports.get(authority).info().lastUpdate();
    for (int osd : group.otherActing()) {
      boolean tried = unreadable.get(object).contains(osd);
      if (!tried && reports.get(osd).info().lastUpdate().equals(newest)) {
        LOG.warn("{}: osd.{} cannot read {}, asking osd.{}", group.id(), notFrom, object, osd);
        PeerPull request = new PeerPull(group.scopeFor(osd), List.of(object));
        services.peers().send(osd, request.toEnvelope());
        return;
      }
    }
    LOG.error("{}: nobody can read {}", group.id(), object);
  }

  private void onPulled(PushObject piece, PeerDelivery delivery) {
    PushReply reply = new PushReply(piece.scope(), piece.object(), piece.version(), piece.last());
    boolean taken =
        pulled.accept(
            piece,
            delivery.data(),
            guarded(
                () -> { // when it is durable: nothing is held any more once this is cancelled
                  services.peers().send(delivery.from(), reply.toEnvelope());
                  if (piece.last() && pulling.remove(piece.object()) && pulling.isEmpty()) {
                    adopt();
                  }
                }));
    if (!taken) {
      noRoom(services.whoami(), piece.object());
    }
  }

  /** Nobody serves before that object is there: all of it is tried again, after a pause. */
  private void noRoom(int osd, ObjectId object) {
    LOG.warn("{}: osd.{} has no room for {}, which it needs", group.id(), osd, object);
    group.machine().noRoomToAgree();
  }

  private void adopt() {
    List<Transaction.Op> objects = pulled.claimHeld();
    store.adopt(adopting, objects, guarded(this::spread));
  }

  private void spread() {
    behind.addAll(group.otherActing());
    for (int osd : List.copyOf(behind)) {
      PeerReport report = reports.get(osd);
      boolean equal = report.info().lastUpdate().equals(store.log().head());
      if (equal) {
        activate(osd, new LogDiff(true, store.log().head(), Set.of()));
        continue;
      }
      LogDiff diff = store.log().compare(report.info(), knownLog(report));
      LOG.info(
          "{}: osd.{} is at {}, giving it {}", group.id(), osd, report.info().lastUpdate(), diff);
      if (diff.overlap()) {
        push(osd, diff.objects(), diff);
      } else {
        compare(osd, objects -> push(osd, objects, diff));
      }
    }
    finishIfAgreed();
  }

  /** A member that stood where we stood before we pulled did not send its log: it was ours. */
  private List<PeerLogEntry> knownLog(PeerReport report) {
    if (!report.log().isEmpty()) {
      return report.log();
    }
    EVersion head = report.info().lastUpdate();
    return store.log().all().stream().filter(e -> e.version().compareTo(head) <= 0).toList();
  }

  private void push(int osd, Set<ObjectId> objects, LogDiff diff) {
    PushQueue queue =
        new PushQueue(
            services,
            store.objects(),
            true,
            PushQueue.Turn.AT_ONCE,
            object -> {
              LOG.error("{}: osd.{} needs {}, which nobody can read", group.id(), osd, object);
              return false;
            });
    ObjectPush.Target target =
        new ObjectPush.Target(group.scopeFor(osd), message -> services.peers().send(osd, message));
    objects.forEach(object -> queue.add(object, Map.of(osd, target)));
    pushes.put(osd, queue);
    queue.start(guarded(() -> activate(osd, diff)));
  }

  private void activate(int osd, LogDiff diff) {
    List<PeerLogEntry> entries =
        diff.overlap() ? store.log().after(diff.common()) : store.log().all();
    PeerActivate activate =
        new PeerActivate(
            group.scopeFor(osd), store.info(), !diff.overlap(), diff.common(), entries);
    services.peers().send(osd, activate.toEnvelope());
  }

  private void agreed(int osd) {
    if (behind.remove(osd)) {
      finishIfAgreed();
    }
  }

  private void finishIfAgreed() {
    if (behind.isEmpty()) {
      store.started(group.entry().intervalSince(), guarded(onDone));
    }
  }

  /** Who has not reported yet, for logs. */
  Set<Integer> silent() {
    Set<Integer> silent = new TreeSet<>(asked);
    silent.removeAll(reports.keySet());
    silent.addAll(behind);
    return silent;
  }

  boolean involves(int osd) {
    return asked.contains(osd);
  }

  void cancel() {
    cancelled = true;
    pulled.abort();
    pushes.values().forEach(PushQueue::cancel);
  }
}
