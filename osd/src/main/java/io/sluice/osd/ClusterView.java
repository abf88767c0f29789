package io.sluice.osd;

import io.sluice.protocol.ClusterMap;
import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PgTable;
import io.sluice.protocol.PoolInfo;
import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;

/**
 * One epoch as this OSD sees it; immutable.
 *
 * @param amUp the map says that we are up, at the address and with the nonce we have now
 */
record ClusterView(int epoch, OsdMap map, PgTable pgs, boolean amUp) {
  static ClusterView of(ClusterMap message, int whoami, EntityAddr myAddr) {
    OsdMap map = OsdMap.decode(message.osdMap());
    boolean amUp = map.isUp(whoami) && sameLife(map.addr(whoami), myAddr);
    return new ClusterView(message.epoch(), map, PgTable.of(message.epoch(), message.pgs()), amUp);
  }

  private static boolean sameLife(EntityAddr published, EntityAddr mine) {
    return published.nonce() == mine.nonce() && published.port() == mine.port();
  }

  /** Null when the pool is gone. */
  PoolInfo pool(PgId pg) {
    return map.pool(pg.pool());
  }
}
