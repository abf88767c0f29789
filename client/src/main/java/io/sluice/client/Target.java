package io.sluice.client;

import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PgMapping;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.PgId;

/**
 * Where an operation goes under one map, and all that makes the group's interval: two targets that
 * differ are of different intervals, and what was sent to the first must be sent again.
 *
 * <p>(ceph: Objecter::_calc_target, PastIntervals::is_new_interval)
 */
record Target(PgId pg, PgMapping mapping, int size, int minSize, int pgNum) {

  /**
   * The target of an object, or of a placement group as a whole.
   *
   * @param hash of the object; the group's number when {@code wholeGroup}
   * @return null when the map has no such pool (or group)
   */
  static Target of(OsdMap map, long poolId, int hash, boolean wholeGroup) {
    PoolInfo pool = map.pool(poolId);
    if (pool == null || wholeGroup && Integer.compareUnsigned(hash, pool.pgNum()) >= 0) {
      return null;
    }
    PgId pg = wholeGroup ? new PgId(poolId, hash) : pool.pgOf(hash);
    return new Target(pg, map.mapping(pg), pool.size(), pool.minSize(), pool.pgNum());
  }

  /** The OSD that serves the group; -1 when nobody does. */
  int primary() {
    return mapping.primary();
  }
}
