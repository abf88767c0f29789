package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.FullRatios;
import io.sluice.protocol.StoreRoom;
import io.sluice.types.Clock;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How full our store is, asked for at most every so often, and how full our peers last said theirs
 * are.
 *
 * <p>A peer speaks of its store only when it answers us, and who is told that a peer is full writes
 * nothing there: so one operation at a time may try it again when its last word is old.
 *
 * <p><b>Threads:</b> any.
 */
final class Fullness {
  private static final long FRESH_NANOS = 200_000_000L; // at 2 GB/s a fifth of a second is 400 MB

  /** How long a peer is taken for full without having said it again. */
  private static final long TRY_AGAIN_NANOS = 2_000_000_000L;

  /** Of a peer: its word, and when it gave it or was last tried. */
  private record Report(StoreRoom room, long nanos) {
    private int permille() {
      return room.usedPermille();
    }
  }

  private final Map<Integer, Report> peers = new TreeMap<>(); // guarded by this
  private final ObjectStore store;
  private final Clock clock;
  private volatile StoreRoom room;
  private volatile long askedNanos;
  private volatile int fullFrom = FullRatios.DEFAULT.fullPermille();

  Fullness(ObjectStore store, Clock clock) {
    this.store = store;
    this.clock = clock;
  }

  /** What the map says now of when a store is full. */
  void follow(FullRatios ratios) {
    fullFrom = ratios.fullPermille();
  }

  /** True where a store with so many thousandths in use takes no more writes. */
  boolean isFull(int usedPermille) {
    return usedPermille >= fullFrom;
  }

  /** Thousandths in use, 0-1000. */
  int permille() {
    return room().usedPermille();
  }

  /** Of our store, a moment ago. */
  StoreRoom room() {
    StoreRoom last = room;
    return last == null || clock.nanos() - askedNanos > FRESH_NANOS ? roomNow() : last;
  }

  StoreRoom roomNow() {
    long now = clock.nanos();
    ObjectStore.Space space = store.space();
    long used = space.total() - space.free();
    int permille =
        space.total() <= 0 ? 0 : (int) Math.max(0, Math.min(1000, used * 1000 / space.total()));
    StoreRoom asked = new StoreRoom(permille, space.free());
    room = asked;
    askedNanos = now;
    return asked;
  }

  /** A peer's word. */
  synchronized void note(int osd, StoreRoom peerRoom) {
    peers.put(osd, new Report(peerRoom, clock.nanos()));
  }

  /** Whether those peers can take so many bytes, as far as it is known. */
  synchronized boolean haveRoom(List<Integer> osds, long bytes) {
    long now = clock.nanos();
    for (int osd : osds) {
      Report report = peers.get(osd);
      if (report != null && report.room().freeBytes() < bytes) {
        if (now - report.nanos() <= TRY_AGAIN_NANOS) {
          return false;
        }
        peers.put(osd, new Report(report.room(), now));
      }
    }
    return true;
  }

  /** Of the fullest store, ours or of those peers as far as it is known. */
  synchronized int fullest(List<Integer> osds) {
    int fullest = permille();
    boolean peersHaveRoom = true;
    for (int osd : osds) {
      Report report = peers.get(osd);
      peersHaveRoom &= report == null || !isFull(report.permille());
    }
    if (isFull(fullest) || peersHaveRoom) {
      return fullest;
    }
    List<Integer> full =
        osds.stream()
            .filter(osd -> peers.containsKey(osd) && isFull(peers.get(osd).permille()))
            .toList();
    long now = clock.nanos();
    if (full.stream().allMatch(osd -> now - peers.get(osd).nanos() > TRY_AGAIN_NANOS)) {
      full.forEach(osd -> peers.computeIfPresent(osd, (o, last) -> new Report(last.room(), now)));
      return fullest;
    }
    return full.stream().mapToInt(osd -> peers.get(osd).permille()).max().orElse(fullest);
  }
}
