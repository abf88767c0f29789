package io.sluice.protocol;

/**
 * How hard and in which way CRUSH tries again. (ceph: crush_map's tunables)
 *
 * @param allowedBucketAlgs bit 1 << algorithm of buckets that may be made
 */
public record CrushTunables(
    int chooseLocalTries,
    int chooseLocalFallbackTries,
    int chooseTotalTries,
    int chooseleafDescendOnce,
    int chooseleafVaryR,
    int strawCalcVersion,
    int allowedBucketAlgs,
    int chooseleafStable) {

  /** Ceph's profile "jewel", which is also "optimal" and "default" in Pacific. */
  public static final CrushTunables JEWEL = new CrushTunables(0, 0, 50, 1, 1, 1, 0x36, 1);
}
