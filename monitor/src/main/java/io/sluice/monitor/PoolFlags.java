package io.sluice.monitor;

import io.sluice.protocol.PoolInfo;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** The flags of a pool that are obeyed here, by Ceph's names. (ceph: pg_pool_t) */
final class PoolFlags {
  /** In the order of their bits. */
  private static final Map<String, Long> BITS = new LinkedHashMap<>();

  static {
    BITS.put("hashpspool", PoolInfo.HASHPSPOOL);
    BITS.put("full", PoolInfo.FULL);
    BITS.put("nodelete", PoolInfo.NODELETE);
    BITS.put("nopgchange", PoolInfo.NOPGCHANGE);
    BITS.put("nosizechange", PoolInfo.NOSIZECHANGE);
    BITS.put("noscrub", PoolInfo.NOSCRUB);
    BITS.put("nodeep-scrub", PoolInfo.NODEEP_SCRUB);
    BITS.put("full_quota", PoolInfo.FULL_QUOTA);
    BITS.put("selfmanaged_snaps", PoolInfo.SELFMANAGED_SNAPS);
    BITS.put("pool_snaps", PoolInfo.POOL_SNAPS);
  }

  /** Those that may be set and unset by hand. */
  static final List<String> SETTABLE =
      List.of("nodelete", "nopgchange", "nosizechange", "noscrub", "nodeep-scrub");

  private PoolFlags() {}

  static boolean has(PoolInfo pool, String name) {
    return (pool.flags() & BITS.get(name)) != 0;
  }

  static long bit(String name) {
    return BITS.get(name);
  }

  /** {@code hashpspool,nodelete}. */
  static String names(PoolInfo pool) {
    return String.join(",", BITS.keySet().stream().filter(name -> has(pool, name)).toList());
  }
}
