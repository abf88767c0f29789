package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.DaemonOptions;
import io.sluice.protocol.MLog;
import io.sluice.protocol.PeerListing;
import io.sluice.protocol.PeerScrub;
import io.sluice.protocol.PeerScrubbed;
import io.sluice.protocol.PeerScrubbed.Digest;
import io.sluice.protocol.PushRefused;
import io.sluice.protocol.PushReply;
import io.sluice.protocol.ScrubFacts;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import io.sluice.types.UTime;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Compares the members' copies, and mends those that differ when asked to.
 *
 * <pre>
 * shallow  list every member's objects, look closely at those whose versions differ
 * deep     look closely at every object, reading all its bytes at every member
 * </pre>
 *
 * <p><b>Invariants:</b> an object is looked at while no operation on it runs, one object of the
 * group at a time; a scrub that ends, however, keeps no object from others.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class Scrubber {
  private static final Logger LOG = LoggerFactory.getLogger(Scrubber.class);

  private final PlacementGroup group;
  private final PgServices services;
  private final Map<Integer, Comparison> comparisons = new TreeMap<>();
  private final Set<ObjectId> suspects = new LinkedHashSet<>();
  private final Deque<ObjectId> heads = new ArrayDeque<>();
  private ScrubbedObject current;
  private ObjectQueues.Slot held;
  private volatile boolean running;
  private boolean deep;
  private boolean repair;
  private ObjectId next;
  private boolean listed;
  private int run;
  private int errors;
  private int fixed;
  private CopyDigest.Tally tally;
  private final Inconsistencies found = new Inconsistencies();

  Scrubber(PlacementGroup group, PgServices services) {
    this.group = group;
    this.services = services;
  }

  /** Begins, unless one runs or the group does not serve. */
  void start(boolean isDeep, boolean isRepair) {
    if (running || group.state() != PgState.ACTIVE) {
      LOG.info("{}: no scrub now: {}", group.id(), running ? "one runs" : group.describe());
      return;
    }
    running = true;
    deep = isDeep || isRepair;
    repair = isRepair;
    errors = 0;
    fixed = 0;
    tally = new CopyDigest.Tally();
    found.clear();
    next = null;
    listed = !deep;
    suspects.clear();
    heads.clear();
    LOG.info("{} {} starts", group.id(), words());
    tell(MLog.Entry.DEBUG, "starts");
    int of = ++run;
    Set<Integer> waiting = new TreeSet<>(group.otherActing());
    if (waiting.isEmpty()) {
      goOn(of);
    }
    for (int osd : group.otherActing()) {
      Comparison comparison = new Comparison(group, services, osd);
      comparisons.put(osd, comparison);
      comparison.start(
          () -> {
            if (run == of) {
              suspects.addAll(comparison.differing());
              waiting.remove(osd);
              if (waiting.isEmpty()) {
                comparisons.clear();
                suspects.forEach(object -> addHead(object.toHead()));
                goOn(of);
              }
            }
          });
    }
  }

  private String words() {
    return repair ? "repair" : deep ? "deep-scrub" : "scrub";
  }

  private void addHead(ObjectId head) {
    if (!head.equals(heads.peekLast())) {
      heads.add(head);
    }
  }

  private void goOn(int of) {
    if (run != of) {
      return;
    }
    if (!heads.isEmpty()) {
      group.queues().submit(heads.poll(), new Turn(of));
    } else if (!listed) {
      ObjectStore.Listing page = group.store().objects().list(next, Limits.COMPARED_OBJECTS);
      page.objects().forEach(object -> addHead(object.toHead()));
      next = page.next();
      listed = next == null;
      group.later(() -> goOn(of));
    } else {
      finish();
    }
  }

  private void finish() {
    running = false;
    found.complete();
    EVersion version = group.store().info().lastUpdate();
    UTime now = UTime.ofNanos(services.clock().wallNanos());
    ScrubFacts before = group.store().scrubs();
    group
        .store()
        .scrubbed(
            deep
                ? before.deepScrubbed(version, now, errors - fixed, tally.keys(), tally.bytes())
                : before.scrubbed(version, now, errors - fixed));
    if (errors == 0) {
      LOG.info("{} {} ok", group.id(), words());
      tell(MLog.Entry.DEBUG, "ok");
    } else {
      LOG.error("{} {} {} errors, {} fixed", group.id(), words(), errors, fixed);
      tell(MLog.Entry.ERROR, errors + " errors" + (fixed > 0 ? ", " + fixed + " fixed" : ""));
    }
  }

  /** Says it to the cluster, in Ceph's words. */
  private void tell(int priority, String what) {
    services.monitor().log(priority, group.id() + " " + words() + " " + what);
  }

  /** The turn of one head and its clones. */
  private final class Turn implements ObjectQueues.Task {
    private final int of;

    private Turn(int of) {
      this.of = of;
    }

    @Override
    public void run(ObjectQueues.Slot slot) {
      held = slot;
      ObjectId head = slot.object();
      Deque<ObjectId> objects = new ArrayDeque<>();
      suspects.stream().filter(object -> object.toHead().equals(head)).forEach(objects::add);
      for (long clone : group.store().objects().snaps(head).clones().keySet()) {
        if (!objects.contains(head.withSnap(clone))) {
          objects.add(head.withSnap(clone));
        }
      }
      if (!objects.contains(head)) {
        objects.add(head);
      }
      look(objects, slot);
    }

    private void look(Deque<ObjectId> objects, ObjectQueues.Slot slot) {
      ObjectId object = run == of ? objects.poll() : null;
      if (object == null) {
        slot.release();
        group.later(services.options().nanos(DaemonOptions.SCRUB_SLEEP), () -> goOn(of));
        return;
      }
      current =
          new ScrubbedObject(
              group,
              services,
              object,
              repair,
              (bad, mended) -> {
                errors += bad;
                fixed += mended;
                if (mended < bad) {
                  found.add(current.describe());
                }
                services.counters().scrubErrors.add(bad);
                look(objects, slot);
              });
      ask(object);
    }

    @Override
    public void drop() {
      // The interval is over, and with it this scrub.
    }
  }

  private void ask(ObjectId object) {
    ScrubbedObject asked = current;
    for (int osd : group.otherActing()) {
      PeerScrub request = new PeerScrub(group.scopeFor(osd), object, deep);
      services.peers().send(osd, request.toEnvelope());
    }
    CopyDigest.of(
        services,
        group.store().objects(),
        object,
        deep,
        tally,
        digest -> take(asked, services.whoami(), digest));
  }

  private void take(ScrubbedObject asked, int osd, Digest digest) {
    if (running && current == asked) {
      asked.take(osd, digest);
    }
  }

  /** True for what belongs to a scrub under way; taken over then. */
  boolean handle(PeerDelivery delivery) {
    if (!running) {
      return false;
    }
    int from = delivery.from();
    if (delivery.message() instanceof PeerListing listing && comparisons.containsKey(from)) {
      comparisons.get(from).onListing(listing);
    } else if (delivery.message() instanceof PeerScrubbed scrubbed && current != null) {
      if (scrubbed.object().equals(current.object())) {
        take(current, from, scrubbed.digest());
      }
    } else if (delivery.message() instanceof PushReply reply
        && current != null
        && current.isPushing(reply.object())) {
      current.onReply(from, reply);
    } else if (delivery.message() instanceof PushRefused refused
        && current != null
        && current.isPushing(refused.object())) {
      current.onRefused();
    } else {
      return false;
    }
    delivery.close();
    return true;
  }

  /** The interval is over, or the members must agree anew: somebody has to ask again. */
  void reset() {
    if (running) {
      LOG.info("{} {} is given up", group.id(), words());
    }
    run++;
    running = false;
    comparisons.clear();
    heads.clear();
    found.clear();
    current = null;
    if (held != null) {
      held.release(); // whose answers will not be waited for any more
      held = null;
    }
  }

  /** What it found last. */
  Inconsistencies found() {
    return found;
  }

  /** Copies found bad last time, and not mended by that. */
  int inconsistent() {
    return group.store().scrubs().inconsistent();
  }

  boolean isRunning() {
    return running;
  }
}
