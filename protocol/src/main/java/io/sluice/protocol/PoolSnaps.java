package io.sluice.protocol;

import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A pool's snapshots.
 *
 * @param seq newest snapshot id ever given out
 * @param epoch map epoch of the newest snapshot
 */
public record PoolSnaps(
    long seq, int epoch, SortedMap<Long, Snap> snaps, List<SnapInterval> removed) {
  /** One named snapshot. (ceph: pool_snap_info_t) */
  public record Snap(long id, UTime stamp, String name) {}

  public static final PoolSnaps NONE = new PoolSnaps(0, 0, new TreeMap<>(), List.of());

  public PoolSnaps {
    snaps = Collections.unmodifiableSortedMap(new TreeMap<>(snaps));
    removed = List.copyOf(removed);
  }

  /** The snapshot of that name, or null. */
  public Snap find(String name) {
    return snaps.values().stream().filter(s -> s.name().equals(name)).findFirst().orElse(null);
  }

  /** What a write to a pool with named snapshots must preserve. */
  public SnapContext context() {
    List<Long> newestFirst = new ArrayList<>(snaps.keySet());
    Collections.reverse(newestFirst);
    return new SnapContext(seq, newestFirst);
  }

  /** With a new named snapshot; its id is the new {@link #seq}. */
  PoolSnaps added(String name, UTime stamp, int newEpoch) {
    SortedMap<Long, Snap> more = new TreeMap<>(snaps);
    more.put(seq + 1, new Snap(seq + 1, stamp, name));
    return new PoolSnaps(seq + 1, newEpoch, more, removed);
  }

  /**
   * With another id given out, to a client that keeps its own account of snapshots. The first one
   * is 2, as in Ceph, where 1 once told such pools from others.
   */
  PoolSnaps numbered(int newEpoch) {
    return new PoolSnaps(Math.max(1, seq) + 1, newEpoch, snaps, removed);
  }

  /** Without that snapshot; an id is spent on the removal, too. */
  PoolSnaps removed(long snap, int newEpoch) {
    SortedMap<Long, Snap> fewer = new TreeMap<>(snaps);
    fewer.remove(snap);
    return new PoolSnaps(seq + 1, newEpoch, fewer, removed);
  }
}
