package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import io.sluice.protocol.FullRatios;
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

  /** Of a peer: thousandths in use, and when it said so or was last tried. */
  private record Report(int permille, long nanos) {}

  private final Map<Integer, Report> peers = new TreeMap<>(); // guarded by this
  private final ObjectStore store;
  private final Clock clock;
  private volatile int permille = -1;
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
    long now = clock.nanos();
    if (permille < 0 || now - askedNanos > FRESH_NANOS) {
      ObjectStore.Space space = store.space();
      long used = space.total() - space.free();
      permille =
          space.total() <= 0 ? 0 : (int) Math.max(0, Math.min(1000, used * 1000 / space.total()));
      askedNanos = now;
    }
    return permille;
  }

  /** A peer's word. */
  synchronized void note(int osd, int usedPermille) {
    peers.put(osd, new Report(usedPermille, clock.nanos()));
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
      full.forEach(
          osd -> peers.computeIfPresent(osd, (o, last) -> new Report(last.permille(), now)));
      return fullest;
    }
    return full.stream().mapToInt(osd -> peers.get(osd).permille()).max().orElse(fullest);
  }
}
