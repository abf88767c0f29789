package io.sluice.osd;

import io.sluice.protocol.PeerScope;
import io.sluice.types.PgId;
import java.util.Map;
import java.util.TreeMap;

/**
 * The primary's count of peering rounds within an interval, per member: what belongs to an earlier
 * round, or another interval, is void.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class Rounds {
  private final PgId pg;
  private final Map<Integer, Integer> rounds = new TreeMap<>();
  private int interval;
  private int last;

  Rounds(PgId pg) {
    this.pg = pg;
  }

  void startInterval(int newInterval) {
    interval = newInterval;
    rounds.clear();
    last = 0;
  }

  PeerScope begin(int osd) {
    last++;
    rounds.put(osd, last);
    return scopeFor(osd);
  }

  PeerScope scopeFor(int osd) {
    return new PeerScope(pg, interval, rounds.getOrDefault(osd, 0));
  }

  boolean isPresent(int osd, PeerScope scope) {
    return rounds.containsKey(osd) && scope.equals(scopeFor(osd));
  }
}
