package io.sluice.protocol;

import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A pool as the OSD map knows it. (ceph: pg_pool_t, plus its id and name)
 *
 * @param flags {@link #HASHPSPOOL} and others
 * @param maxBytes quota, 0 for none
 * @param maxObjects quota, 0 for none
 * @param owner obsolete user id, carried
 * @param applications application name to its key-value settings
 * @param options pool option number to a String, Long or Double
 */
public record PoolInfo(
    long id,
    String name,
    PoolLayout layout,
    long flags,
    PoolHistory history,
    PoolSnaps snaps,
    long maxBytes,
    long maxObjects,
    long owner,
    PoolTier tier,
    SortedMap<String, SortedMap<String, String>> applications,
    SortedMap<Integer, Object> options) {

  /** Placement seeds mix in the pool id, so that pools do not overlap. */
  public static final long HASHPSPOOL = 1;

  public static final long FULL = 1 << 1;
  public static final long NODELETE = 1 << 4;
  public static final long FULL_QUOTA = 1 << 10;
  public static final long SELFMANAGED_SNAPS = 1 << 13;
  public static final long POOL_SNAPS = 1 << 14;

  public PoolInfo {
    applications = Collections.unmodifiableSortedMap(new TreeMap<>(applications));
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /** A new pool. */
  public static PoolInfo create(long id, String name, PoolLayout layout, UTime now, int epoch) {
    return new PoolInfo(
        id,
        name,
        layout,
        HASHPSPOOL,
        PoolHistory.createdAt(now, epoch),
        PoolSnaps.NONE,
        0,
        0,
        0,
        PoolTier.NONE,
        new TreeMap<>(),
        new TreeMap<>());
  }

  public int size() {
    return layout.size();
  }

  public int minSize() {
    return layout.minSize();
  }

  public int pgNum() {
    return layout.pgNum();
  }

  public boolean isReplicated() {
    return layout.type() == PoolLayout.REPLICATED;
  }

  /** The group that a raw hash falls into. */
  public PgId pgOf(int rawHash) {
    return new PgId(id, ObjectHash.stableMod(rawHash, layout.pgNum()));
  }

  /** All groups of the pool, in order. */
  public List<PgId> pgs() {
    List<PgId> pgs = new ArrayList<>(layout.pgNum());
    for (int seed = 0; seed < layout.pgNum(); seed++) {
      pgs.add(new PgId(id, seed));
    }
    return pgs;
  }

  /** CRUSH's input for a group. (ceph: pg_pool_t::raw_pg_to_pps) */
  int placementSeed(int pgSeed) {
    int folded = ObjectHash.stableMod(pgSeed, layout.pgpNum());
    return (flags & HASHPSPOOL) != 0 ? CrushHash.hash(folded, (int) id) : folded + (int) id;
  }

  public PoolInfo withLayout(PoolLayout newLayout, int epoch) {
    return new PoolInfo(
        id,
        name,
        newLayout,
        flags,
        history.changedAt(epoch),
        snaps,
        maxBytes,
        maxObjects,
        owner,
        tier,
        applications,
        options);
  }

  public PoolInfo withFlags(long newFlags, int epoch) {
    return new PoolInfo(
        id,
        name,
        layout,
        newFlags,
        history.changedAt(epoch),
        snaps,
        maxBytes,
        maxObjects,
        owner,
        tier,
        applications,
        options);
  }

  public PoolInfo withName(String newName, int epoch) {
    return new PoolInfo(
        id,
        newName,
        layout,
        flags,
        history.changedAt(epoch),
        snaps,
        maxBytes,
        maxObjects,
        owner,
        tier,
        applications,
        options);
  }

  public PoolInfo withSnaps(PoolSnaps newSnaps, long newFlags) {
    return new PoolInfo(
        id,
        name,
        layout,
        newFlags,
        history,
        newSnaps,
        maxBytes,
        maxObjects,
        owner,
        tier,
        applications,
        options);
  }

  public PoolInfo withQuota(long newMaxBytes, long newMaxObjects, int epoch) {
    return new PoolInfo(
        id,
        name,
        layout,
        flags,
        history.changedAt(epoch),
        snaps,
        newMaxBytes,
        newMaxObjects,
        owner,
        tier,
        applications,
        options);
  }

  /** Enables an application, as {@code ceph osd pool application enable} does. */
  public PoolInfo withApplication(String application, int epoch) {
    SortedMap<String, SortedMap<String, String>> more = new TreeMap<>(applications);
    more.putIfAbsent(application, new TreeMap<>());
    return new PoolInfo(
        id,
        name,
        layout,
        flags,
        history.changedAt(epoch),
        snaps,
        maxBytes,
        maxObjects,
        owner,
        tier,
        more,
        options);
  }
}
