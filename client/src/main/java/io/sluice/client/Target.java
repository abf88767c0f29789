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
record Target(PgId pg, PgMapping mapping, Interval interval) {
  /**
   * What besides its OSDs begins an interval of a group.
   *
   * @param pgNumPending smaller than {@code pgNum} when groups are about to be joined
   * @param forceResend OSDs drop operations that were sent under an older epoch than this
   */
  record Interval(int size, int minSize, int pgNum, int pgNumPending, int forceResend) {
    static Interval of(PoolInfo pool) {
      return new Interval(
          pool.size(),
          pool.minSize(),
          pool.pgNum(),
          pool.layout().pgNumPending(),
          pool.history().forceResend());
    }
  }

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
    return new Target(pg, map.mapping(pg), Interval.of(pool));
  }

  /** The OSD that serves the group; -1 when nobody does. */
  int primary() {
    return mapping.primary();
  }
}
