package io.sluice.protocol;

import io.sluice.types.UTime;
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
}
