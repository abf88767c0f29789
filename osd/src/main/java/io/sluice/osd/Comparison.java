package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.PeerList;
import io.sluice.protocol.PeerListing;
import io.sluice.types.EVersion;
import io.sluice.types.ObjectId;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.Map;
import java.util.Set;

/**
 * Finds the objects in which our copy of the group and another OSD's differ, by listing both: the
 * other side's first, page by page, into memory (some 200 bytes an object), then ours against it.
 *
 * <p>Objects that change while it runs are the caller's to remember. <b>Threads:</b> the group's
 * loop.
 */
final class Comparison {
  private final PlacementGroup group;
  private final PgServices services;
  private final int osd;
  private final Map<ObjectId, EVersion> theirs = new LinkedHashMap<>();
  private final Set<ObjectId> differing = new LinkedHashSet<>();
  private final Set<ObjectId> gone = new LinkedHashSet<>();
  private Runnable onDone;

  Comparison(PlacementGroup group, PgServices services, int osd) {
    this.group = group;
    this.services = services;
    this.osd = osd;
  }

  void start(Runnable whenDone) {
    onDone = whenDone;
    ask(null);
  }

  private void ask(ObjectId from) {
    PeerList request = new PeerList(group.scopeFor(osd), from, Limits.COMPARED_OBJECTS);
    services.peers().send(osd, request.toEnvelope());
  }

  void onListing(PeerListing listing) {
    listing.copies().forEach(copy -> theirs.put(copy.object(), copy.version()));
    if (listing.next() != null) {
      ask(listing.next());
    } else {
      group.later(() -> compareFrom(null));
    }
  }

  /** One page of ours, then the loop gets a chance to do something else. */
  private void compareFrom(ObjectId from) {
    PgObjects objects = group.store().objects();
    ObjectStore.Listing page = objects.list(from, Limits.COMPARED_OBJECTS);
    for (PeerListing.Copy ours : objects.copies(page.objects())) {
      if (!ours.version().equals(theirs.remove(ours.object()))) {
        differing.add(ours.object());
      }
    }
    if (page.next() != null) {
      group.later(() -> compareFrom(page.next()));
    } else {
      gone.addAll(theirs.keySet());
      theirs.clear();
      differing.addAll(gone);
      onDone.run();
    }
  }

  /** Objects at another version there than here, or only on one side. */
  Set<ObjectId> differing() {
    return differing;
  }

  /** Those of them that are only there. */
  Set<ObjectId> gone() {
    return gone;
  }
}
