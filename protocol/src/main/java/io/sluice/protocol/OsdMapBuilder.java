package io.sluice.protocol;

import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.UnaryOperator;

/**
 * The map of the next epoch in the making: the changes that a monitor commits together.
 *
 * <p><b>Threads:</b> one owner. May be used once: {@link #build} ends it.
 */
public final class OsdMapBuilder {
  /** Rules of every new cluster. */
  public static final int RULE_OSD = 0;

  public static final int RULE_HOST = 1;

  /** The oldest client that a fresh Pacific cluster takes. */
  private static final int LUMINOUS = 12;

  private final OsdMapFields fields;
  private final UTime now;

  OsdMapBuilder(OsdMapFields before, UTime now) {
    this.fields = before.copy();
    this.now = now;
    fields.epoch++;
    fields.modified = now;
    fields.newRemovedSnaps.clear();
    fields.newPurgedSnaps.clear();
    fields.affinitiesListed = false; // as it always was: every monitor of ours makes the same bytes
  }

  static OsdMapBuilder first(UUID fsid, UTime now) {
    OsdMapFields fields = new OsdMapFields();
    fields.fsid = fsid;
    fields.created = now;
    fields.lastUpChange = now;
    fields.lastInChange = now;
    fields.requireMinCompatClient = LUMINOUS;
    fields.flags =
        OsdMap.SORTBITWISE
            | OsdMap.RECOVERY_DELETES
            | OsdMap.PURGED_SNAPDIRS
            | OsdMap.PGLOG_HARDLIMIT;
    fields.crush =
        CrushMap.initial()
            .withReplicatedRule("replicated_osd", "osd")
            .withReplicatedRule("replicated_host", "host");
    return new OsdMapBuilder(fields, now);
  }

  /** The epoch being made. */
  public int epoch() {
    return fields.epoch;
  }

  /**
   * Makes an OSD known (down, in) and puts it under a host in the CRUSH tree; moves and reweighs
   * one that is known.
   */
  public OsdMapBuilder addOsd(int osd, UUID uuid, String host, double crushWeight) {
    if (osd < 0 || osd >= 10_000) {
      throw new IllegalArgumentException("osd id " + osd + " is not in 0..9999");
    }
    while (fields.osds.size() <= osd) {
      fields.osds.add(OsdEntry.ABSENT);
    }
    OsdEntry entry = fields.osds.get(osd);
    if (!entry.exists()) {
      fields.osds.set(
          osd, OsdEntry.ABSENT.withState(OsdEntry.EXISTS).withWeight(OsdEntry.IN).withUuid(uuid));
      fields.lastInChange = now;
    } else {
      fields.osds.set(osd, entry.withUuid(uuid));
    }
    return crush(fields.crush.withDevice(osd, host, crushWeight));
  }

  /** Forgets an OSD: no state, no place in the CRUSH tree. Its id may be used again. */
  public OsdMapBuilder removeOsd(int osd) {
    fields.osds.set(osd, OsdEntry.ABSENT);
    return crush(fields.crush.withoutDevice(osd));
  }

  /** An OSD listens at these addresses (nonce of its present life included). */
  public OsdMapBuilder markUp(int osd, OsdAddrs addrs) {
    OsdEntry.Extra extra = known(osd).extra();
    fields.lastUpChange = now;
    return change(
        osd,
        entry ->
            entry
                .withState(entry.state() | OsdEntry.UP)
                .withAddrs(addrs)
                .withLife(entry.life().withUpFrom(fields.epoch).withUpThru(fields.epoch))
                .withExtra(
                    new OsdEntry.Extra(
                        extra.downStamp(),
                        extra.laggyProbability(),
                        extra.laggyInterval(),
                        Features.PACIFIC,
                        extra.oldWeight(),
                        extra.lastPurgedSnapsScrub(),
                        extra.deadEpoch())));
  }

  public OsdMapBuilder markDown(int osd) {
    fields.lastUpChange = now;
    return change(
        osd,
        entry ->
            entry
                .withState(entry.state() & ~OsdEntry.UP)
                .withLife(entry.life().withDownAt(fields.epoch))
                .withExtra(entry.extra().withDownStamp(now)));
  }

  /**
   * Sets the share of an OSD that is used.
   *
   * @param weight 16.16 fixed point: {@link OsdEntry#IN} in, 0 out
   */
  public OsdMapBuilder weight(int osd, int weight) {
    if (weight < 0 || weight > OsdEntry.IN) {
      throw new IllegalArgumentException("weight " + weight + " is not in 0..65536");
    }
    fields.lastInChange = now;
    return change(osd, entry -> entry.withWeight(weight));
  }

  /** Sets how willingly an OSD is primary: 0 never, {@link OsdEntry#IN} always. */
  public OsdMapBuilder primaryAffinity(int osd, int affinity) {
    return change(osd, entry -> entry.withPrimaryAffinity(affinity));
  }

  /** Makes a replicated pool; returns its id. */
  public long createPool(String name, int size, int minSize, int pgNum, int ruleId) {
    if (fields.pools.values().stream().anyMatch(pool -> pool.name().equals(name))) {
      throw new IllegalArgumentException("pool '" + name + "' already exists");
    }
    PoolLayout layout = PoolLayout.replicated(size, minSize, pgNum, ruleId);
    if (fields.crush.ruleFor(layout) == null) {
      throw new IllegalArgumentException("no crush rule " + ruleId + " for size " + size);
    }
    long id = ++fields.poolMax;
    fields.pools.put(id, PoolInfo.create(id, name, layout, now, fields.epoch));
    return id;
  }

  /** Replaces a pool that is there. */
  public OsdMapBuilder changePool(PoolInfo pool) {
    if (fields.pools.replace(pool.id(), pool) == null) {
      throw new IllegalArgumentException("no pool " + pool.id());
    }
    return this;
  }

  public OsdMapBuilder removePool(long id) {
    if (fields.pools.remove(id) == null) {
      throw new IllegalArgumentException("no pool " + id);
    }
    fields.pgTemp.keySet().removeIf(pg -> pg.pool() == id);
    fields.primaryTemp.keySet().removeIf(pg -> pg.pool() == id);
    fields.pgUpmap.keySet().removeIf(pg -> pg.pool() == id);
    fields.pgUpmapItems.keySet().removeIf(pg -> pg.pool() == id);
    fields.removedSnapsQueue.remove(id);
    return this;
  }

  /** Makes a named snapshot of a pool. */
  public OsdMapBuilder addSnap(long poolId, String name) {
    PoolInfo pool = fields.pools.get(poolId);
    PoolSnaps snaps = pool.snaps().added(name, now, fields.epoch);
    return changePool(pool.withSnaps(snaps, pool.flags() | PoolInfo.POOL_SNAPS, epoch()));
  }

  /** Gives out a snapshot id of a pool whose clients keep their own account; returns it. */
  public long numberSnap(long poolId) {
    PoolInfo pool = fields.pools.get(poolId);
    PoolSnaps snaps = pool.snaps().numbered(fields.epoch);
    changePool(pool.withSnaps(snaps, pool.flags() | PoolInfo.SELFMANAGED_SNAPS, epoch()));
    return snaps.seq();
  }

  /** Removes a snapshot of either kind: what only it needs may be trimmed. */
  public OsdMapBuilder removeSnap(long poolId, long snap) {
    PoolInfo pool = fields.pools.get(poolId);
    PoolSnaps snaps = pool.snaps().removed(snap, fields.epoch);
    List<SnapInterval> runs = fields.removedSnapsQueue.getOrDefault(poolId, List.of());
    runs = SnapInterval.with(runs, snap);
    if ((pool.flags() & PoolInfo.SELFMANAGED_SNAPS) != 0) {
      runs = SnapInterval.with(runs, snaps.seq()); // no snapshot ever has the removal's own id
    }
    fields.removedSnapsQueue.put(poolId, runs);
    fields.newRemovedSnaps.put(poolId, List.of(new SnapInterval(snap, 1)));
    return changePool(pool.withSnaps(snaps, pool.flags(), epoch()));
  }

  /** Replaces the whole pg_temp. */
  public OsdMapBuilder withPgTemp(Map<PgId, List<Integer>> pgTemp) {
    fields.pgTemp.clear();
    fields.pgTemp.putAll(pgTemp);
    return this;
  }

  /** Places a group by hand; an empty list takes that back. (ceph: pg_upmap) */
  public OsdMapBuilder upmap(PgId pg, List<Integer> osds) {
    if (osds.isEmpty()) {
      fields.pgUpmap.remove(pg);
    } else {
      fields.pgUpmap.put(pg, List.copyOf(osds));
    }
    return this;
  }

  /** Exchanges OSDs of a group: from, to. (ceph: pg_upmap_items) */
  public OsdMapBuilder upmapItem(PgId pg, int from, int to) {
    fields.pgUpmapItems.put(pg, List.of(new int[] {from, to}));
    return this;
  }

  /** Exchanges OSDs of a group, pair by pair; an empty list takes that back. */
  public OsdMapBuilder upmapItems(PgId pg, List<int[]> pairs) {
    if (pairs.isEmpty()) {
      fields.pgUpmapItems.remove(pg);
    } else {
      fields.pgUpmapItems.put(pg, List.copyOf(pairs));
    }
    return this;
  }

  public OsdMapBuilder fullRatios(FullRatios ratios) {
    fields.ratios = ratios;
    return this;
  }

  public OsdMapBuilder flags(int flags) {
    fields.flags = flags;
    return this;
  }

  public OsdMapBuilder crush(CrushMap crush) {
    if (!crush.equals(fields.crush)) {
      fields.crush = crush;
      fields.crushVersion++;
    }
    return this;
  }

  /** Shuts a client out until a time. */
  public OsdMapBuilder blocklist(EntityAddr addr, UTime until) {
    fields.blocklist.put(addr, until);
    return this;
  }

  public OsdMapBuilder unblocklist(EntityAddr addr) {
    fields.blocklist.remove(addr);
    return this;
  }

  public OsdMap build() {
    return new OsdMap(fields);
  }

  private OsdEntry known(int osd) {
    if (osd < 0 || osd >= fields.osds.size() || !fields.osds.get(osd).exists()) {
      throw new IllegalArgumentException("no osd." + osd);
    }
    return fields.osds.get(osd);
  }

  private OsdMapBuilder change(int osd, UnaryOperator<OsdEntry> change) {
    fields.osds.set(osd, change.apply(known(osd)));
    return this;
  }
}
