package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.SnapInterval;
import io.sluice.types.ObjectId;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * Removes in the background what only snapshots need that are gone: walks over the group's clones,
 * page by page, and writes to one object after the other, like a client.
 *
 * <p>The walk begins anew with every removal that the map names, and with every interval: the map
 * keeps what was removed for ever, so nothing needs to be remembered here. <b>Invariants:</b> at
 * most {@link Limits#TRIMS_IN_FLIGHT} writes at a time; an operation of a client that waits for the
 * same object goes first.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class SnapTrimmer {
  private final PlacementGroup group;
  private final PgServices services;
  private final Deque<ObjectId> heads = new ArrayDeque<>();
  private List<SnapInterval> done = List.of();
  private volatile List<SnapInterval> target;
  private ObjectId next;
  private boolean lastPage;
  private int inFlight;
  private int walk;

  /** A {@link #goOn} is to come: pages are asked for by the last one only. */
  private boolean goesOn;

  SnapTrimmer(PlacementGroup group, PgServices services) {
    this.group = group;
    this.services = services;
  }

  /** The group serves: looks whether there is something to do, and whether it may be done. */
  void start() {
    if ((group.view().map().flags() & OsdMap.NOSNAPTRIM) != 0) {
      if (target != null) {
        reset();
      }
      return;
    }
    List<SnapInterval> removed = group.view().map().removedSnaps(group.id().pool());
    if (target != null || removed.equals(done)) {
      return;
    }
    target = removed;
    next = null;
    lastPage = false;
    int of = walk;
    group.later(() -> page(of));
  }

  /** The group does not serve any more, or must agree anew: it begins again then. */
  void reset() {
    walk++;
    target = null;
    done = List.of();
    heads.clear();
    inFlight = 0;
    goesOn = false;
  }

  boolean isRunning() {
    return target != null;
  }

  private boolean isRemoved(long snap) {
    return target.stream().anyMatch(run -> run.contains(snap));
  }

  private void page(int of) {
    if (walk != of) {
      return;
    }
    PgObjects objects = group.store().objects();
    ObjectStore.Listing page = objects.list(next, Limits.COMPARED_OBJECTS);
    for (ObjectId object : page.objects()) {
      ObjectId head = object.toHead();
      boolean clone = !object.isHead() && !head.equals(heads.peekLast());
      if (clone && objects.snaps(head).hasAny(this::isRemoved)) {
        heads.add(head);
      }
    }
    next = page.next();
    lastPage = next == null;
    goOn(of);
  }

  private void goOn(int of) {
    while (walk == of && inFlight < Limits.TRIMS_IN_FLIGHT && !heads.isEmpty()) {
      inFlight++;
      group.queues().submit(heads.poll(), new Trim(of));
    }
    if (walk != of || goesOn || inFlight > 0 || !heads.isEmpty()) {
      return;
    }
    if (lastPage) {
      done = target;
      target = null;
      start();
    } else {
      group.later(() -> page(of));
    }
  }

  private void trimmed(int of) {
    if (walk == of) {
      inFlight--;
      if (!goesOn) {
        goesOn = true;
        group.later(() -> trimNext(of));
      }
    }
  }

  private void trimNext(int of) {
    if (walk == of) {
      goesOn = false;
      goOn(of);
    }
  }

  /** The turn of one object. */
  private final class Trim implements ObjectQueues.Task {
    private final int of;

    private Trim(int of) {
      this.of = of;
    }

    @Override
    public void run(ObjectQueues.Slot slot) {
      LoggedWrite write =
          walk == of ? LoggedWrite.trim(group, slot.object(), SnapTrimmer.this::isRemoved) : null;
      if (write == null) {
        slot.release();
        trimmed(of);
      } else {
        services.counters().trimmed.add(write.entry().clones().size());
        group.replication().submitOwn(write, slot, () -> trimmed(of));
      }
    }

    @Override
    public void drop() {
      // The interval is over, and with it this walk.
    }
  }
}
