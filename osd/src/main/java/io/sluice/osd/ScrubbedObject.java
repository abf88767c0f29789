package io.sluice.osd;

import io.sluice.protocol.InconsistentObject;
import io.sluice.protocol.PeerScrubbed.Digest;
import io.sluice.protocol.PeerScrubbed.State;
import io.sluice.protocol.PushReply;
import io.sluice.types.ObjectId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One object under scrub: gathers what every member has, says whose copy counts, and gives the
 * others that copy.
 *
 * <p>What most of those have that can be read counts; among equals what the primary has.
 * <b>Threads:</b> the group's loop, which holds the object's turn.
 */
final class ScrubbedObject {
  private static final Logger LOG = LoggerFactory.getLogger(ScrubbedObject.class);

  /** Told once. */
  interface Verdict {
    void accept(int bad, int mended);
  }

  private final PlacementGroup group;
  private final PgServices services;
  private final ObjectId object;
  private final boolean repair;
  private final Verdict verdict;
  private final Map<Integer, Digest> copies = new TreeMap<>();
  private final Set<Integer> bad = new TreeSet<>();
  private ObjectPush push;

  ScrubbedObject(
      PlacementGroup group, PgServices services, ObjectId object, boolean repair, Verdict verdict) {
    this.group = group;
    this.services = services;
    this.object = object;
    this.repair = repair;
    this.verdict = verdict;
  }

  ObjectId object() {
    return object;
  }

  void take(int osd, Digest digest) {
    copies.put(osd, digest);
    if (copies.size() == group.entry().acting().size() && bad.isEmpty()) {
      judge();
    }
  }

  private void judge() {
    Digest good = authority();
    copies.forEach(
        (osd, digest) -> {
          if (!digest.equals(good)) {
            bad.add(osd);
          }
        });
    if (bad.isEmpty()) {
      verdict.accept(0, 0);
      return;
    }
    LOG.error("{}: {}: copies on {} are bad: {}", group.id(), object, bad, copies);
    if (!repair || good == null) {
      verdict.accept(bad.size(), 0);
    } else if (bad.contains(services.whoami())) {
      mendOwn(good);
    } else {
      mendOthers();
    }
  }

  /** For those who ask what is wrong with it. */
  InconsistentObject describe() {
    return new InconsistentObject(object, services.whoami(), new TreeMap<>(copies), authority());
  }

  /** Null when nobody can read it. */
  private Digest authority() {
    Digest own = copies.get(services.whoami());
    Digest best = own != null && own.isReadable() ? own : null;
    for (Digest digest : copies.values()) {
      boolean counts = digest.isReadable() && (best == null || count(digest) > count(best));
      best = counts ? digest : best;
    }
    return best;
  }

  private long count(Digest digest) {
    return copies.values().stream().filter(digest::equals).count();
  }

  private void mendOwn(Digest good) {
    if (good.state() == State.ABSENT) {
      verdict.accept(bad.size(), 0); // nobody shall lose what only the primary has
      return;
    }
    List<Integer> sources =
        copies.entrySet().stream()
            .filter(copy -> copy.getValue().equals(good))
            .map(Map.Entry::getKey)
            .toList();
    group
        .mender()
        .mend(
            object,
            sources,
            good.version(),
            mended -> {
              if (!mended) {
                verdict.accept(bad.size(), 0);
              } else if (bad.size() == 1) {
                verdict.accept(1, 1);
              } else {
                mendOthers();
              }
            });
  }

  private void mendOthers() {
    Map<Integer, ObjectPush.Target> targets = new TreeMap<>();
    for (int osd : bad) {
      if (osd != services.whoami()) {
        targets.put(
            osd,
            new ObjectPush.Target(
                group.scopeFor(osd), message -> services.peers().send(osd, message)));
      }
    }
    push =
        new ObjectPush(
            services,
            group.store().objects(),
            object,
            false,
            targets,
            copied -> verdict.accept(bad.size(), copied ? bad.size() : 0));
    push.start();
  }

  boolean isPushing(ObjectId pushed) {
    return push != null && pushed.equals(object);
  }

  void onReply(int from, PushReply reply) {
    push.onReply(from, reply);
  }

  /** One of those to be mended has no room. */
  void onRefused() {
    push.giveUp();
  }
}
