package io.sluice.monitor;

import io.sluice.messenger.Connection;
import io.sluice.protocol.Message;
import io.sluice.protocol.OsdStats;
import io.sluice.protocol.PgEntry;
import io.sluice.protocol.PgStats;
import io.sluice.protocol.PoolInfo;
import io.sluice.protocol.PoolStats;
import io.sluice.types.PgId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What OSDs said last of their stores and groups. In memory only: a new leader hears it within
 * seconds, and passes it on to the monitors that follow it.
 *
 * <p><b>Threads:</b> the monitor's loop.
 */
final class OsdReports {
  private final Map<Integer, OsdStats> stores = new TreeMap<>();
  private final Map<PgId, PgStats> groups = new HashMap<>();
  private final Map<Integer, Session> sessions = new HashMap<>();
  private final List<Session> followers = new ArrayList<>();
  private Connection upstream;

  /** Another monitor leads: the OSDs tell that one from now on. */
  void forget() {
    stores.clear();
    groups.clear();
    sessions.clear();
    followers.forEach(follower -> follower.close("another monitor leads"));
    followers.clear();
  }

  /** An OSD speaks by that session from now on. */
  void heard(Session session) {
    sessions.put(session.osd, session);
  }

  /** An OSD says it itself. */
  void take(Session session, OsdStats stats) {
    sessions.put(stats.osd(), session);
    take(stats);
    followers.removeIf(follower -> follower.closed);
    followers.forEach(follower -> follower.send(stats));
  }

  /** An OSD has said it to the monitor that leads. */
  void take(OsdStats stats) {
    stores.put(stats.osd(), stats);
    stats.groups().forEach(group -> groups.put(group.pg(), group));
  }

  /** Forgets OSDs and groups that are no more: there is a map without them. */
  void retain(MonState state) {
    stores.keySet().removeIf(osd -> !state.osdMap().exists(osd));
    sessions.keySet().removeIf(osd -> !state.osdMap().exists(osd));
    groups.keySet().removeIf(pg -> state.pgs().entry(pg) == null);
  }

  /** Passes on what is known, and what comes, to a monitor that follows this one. */
  void passOn(Session follower) {
    stores.values().forEach(follower::send);
    if (!followers.contains(follower)) {
      followers.add(follower);
    }
  }

  /** The monitor that leads, which has sessions with the OSDs; null for none. */
  void upstream(Connection leader) {
    upstream = leader;
  }

  /** True when there is somebody who can tell OSDs something. */
  boolean reachesOsds(boolean leads) {
    return leads || upstream != null;
  }

  /** Null when it has said nothing yet. */
  OsdStats store(int osd) {
    return stores.get(osd);
  }

  /** Null when no primary has said anything yet. */
  PgStats group(PgId pg) {
    return groups.get(pg);
  }

  /** Says something to an OSD, if need be through the leader; false when it cannot be reached. */
  boolean tell(int osd, Message message) {
    if (upstream != null) {
      upstream.send(message.toEnvelope());
      return true;
    }
    Session session = sessions.get(osd);
    if (session == null || session.closed) {
      return false;
    }
    session.send(message);
    return true;
  }

  /** Bytes of all stores; of one that has not reported yet what it said at its boot. */
  long totalBytes(MonState state) {
    return state.osds().entrySet().stream()
        .mapToLong(osd -> totalBytes(osd.getKey(), osd.getValue()))
        .sum();
  }

  /** What it said last, or at its boot. */
  long totalBytes(int osd, MonState.OsdFacts facts) {
    OsdStats told = stores.get(osd);
    return told == null ? facts.totalBytes() : told.totalBytes();
  }

  long freeBytes(MonState state) {
    return totalBytes(state) - usedBytes(state);
  }

  long usedBytes(MonState state) {
    return state.osds().keySet().stream().mapToLong(this::usedBytes).sum();
  }

  /** Zero when it has said nothing yet. */
  long usedBytes(int osd) {
    OsdStats told = stores.get(osd);
    return told == null ? 0 : told.totalBytes() - told.freeBytes();
  }

  /** True when all of a pool's groups have said what is in them. */
  boolean knows(PoolInfo pool) {
    return pool.pgs().stream().allMatch(groups::containsKey);
  }

  /** The sum over a pool's groups. */
  PoolStats pool(MonState state, PoolInfo pool) {
    PoolStats sum = PoolStats.ZERO;
    for (PgId pg : pool.pgs()) {
      PgStats one = groups.get(pg);
      PgEntry entry = state.pgs().entry(pg);
      if (one != null && entry != null) {
        sum = plus(sum, one, entry.acting().size());
      }
    }
    return sum;
  }

  /** The sum over all pools. */
  PoolStats all(MonState state) {
    PoolStats sum = PoolStats.ZERO;
    for (PgEntry entry : state.pgs().entries()) {
      PgStats one = groups.get(entry.pg());
      sum = one == null ? sum : plus(sum, one, entry.acting().size());
    }
    return sum;
  }

  private static PoolStats plus(PoolStats sum, PgStats one, int copies) {
    return new PoolStats(
        sum.bytes() + one.bytes(),
        sum.objects() + one.objects(),
        sum.copies() + one.objects() * copies,
        sum.reads() + one.reads(),
        sum.readKib() + one.readKib(),
        sum.writes() + one.writes(),
        sum.writtenKib() + one.writtenKib(),
        sum.storedBytes() + one.bytes() * copies,
        sum.allocatedBytes() + one.bytes() * copies,
        Math.max(sum.stores(), copies));
  }
}
