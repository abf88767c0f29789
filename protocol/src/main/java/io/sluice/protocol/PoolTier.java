package io.sluice.protocol;

import java.util.Collections;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Cache tiering settings of a pool: carried so that a map survives a round trip, used by nobody
 * here. (ceph: the tier, hit_set, target and cache fields of pg_pool_t)
 *
 * @param properties obsolete, empty
 * @param hitSetParams body of {@code HitSet::Params}, as found
 */
public record PoolTier(
    SortedSet<Long> tiers,
    long tierOf,
    int cacheMode,
    long readTier,
    long writeTier,
    SortedMap<String, String> properties,
    Opaque hitSetParams,
    int hitSetPeriod,
    int hitSetCount,
    boolean gmtHitSet,
    int hitSetGradeDecayRate,
    int hitSetSearchLast,
    int minReadRecency,
    int minWriteRecency,
    long targetMaxBytes,
    long targetMaxObjects,
    int dirtyRatioMicro,
    int dirtyHighRatioMicro,
    int fullRatioMicro,
    int minFlushAge,
    int minEvictAge) {

  /** Not tiered: Ceph's defaults for a fresh pool, so that ours encode as its own would. */
  public static final PoolTier NONE =
      new PoolTier(
          new TreeSet<>(),
          -1,
          0,
          -1,
          -1,
          new TreeMap<>(),
          Opaque.of(0),
          0,
          0,
          true,
          0,
          0,
          0,
          0,
          0,
          0,
          400_000,
          600_000,
          800_000,
          0,
          0);

  public PoolTier {
    tiers = Collections.unmodifiableSortedSet(new TreeSet<>(tiers));
    properties = Collections.unmodifiableSortedMap(new TreeMap<>(properties));
  }
}
