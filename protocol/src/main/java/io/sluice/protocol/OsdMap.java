package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.Collection;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;

/**
 * The state of the cluster that clients and OSDs compute with: who is up, which pools there are,
 * where every placement group lives. Encoded exactly as Ceph 16.2.15 does. (ceph: OSDMap)
 *
 * <p><b>Invariants:</b> immutable; OSD ids are 0 to {@link #maxOsd} - 1; pool ids never exceed the
 * largest ever given out.
 *
 * <p><b>Threads:</b> any; the encoding is computed once and kept.
 */
public final class OsdMap {
  /** Flags of the whole map. (ceph: CEPH_OSDMAP_*) */
  public static final int NEARFULL = 1;

  public static final int FULL = 1 << 1;
  public static final int PAUSERD = 1 << 2;
  public static final int PAUSEWR = 1 << 3;
  public static final int NOUP = 1 << 5;
  public static final int NODOWN = 1 << 6;
  public static final int NOOUT = 1 << 7;
  public static final int NOIN = 1 << 8;
  public static final int NOBACKFILL = 1 << 9;
  public static final int NORECOVER = 1 << 10;
  public static final int NOSCRUB = 1 << 11;
  public static final int NODEEP_SCRUB = 1 << 12;
  public static final int NOREBALANCE = 1 << 14;
  public static final int SORTBITWISE = 1 << 15;
  public static final int RECOVERY_DELETES = 1 << 19;
  public static final int PURGED_SNAPDIRS = 1 << 20;
  public static final int NOSNAPTRIM = 1 << 21;
  public static final int PGLOG_HARDLIMIT = 1 << 22;

  /** Where an object lives: the full hash of its name, and the group that it folds to. */
  public record Location(PgId pg, int hash) {}

  private final OsdMapFields fields;
  private final PgMapper mapper;
  private final Map<PgId, PgMapping> mappings = new ConcurrentHashMap<>();
  private volatile byte[] encoded;

  OsdMap(OsdMapFields fields) {
    this.fields = fields.frozen();
    this.mapper = new PgMapper(this.fields);
  }

  /**
   * Starts the first map of a new cluster, epoch 1: no pools, no OSDs, rules "replicated_osd" (0)
   * and "replicated_host" (1).
   */
  public static OsdMapBuilder create(UUID fsid, UTime now) {
    return OsdMapBuilder.first(fsid, now);
  }

  /** Starts the map of the next epoch. */
  public OsdMapBuilder next(UTime now) {
    return new OsdMapBuilder(fields, now);
  }

  /** The same map, same epoch, with another pg_temp. */
  public OsdMap withPgTemp(Map<PgId, List<Integer>> pgTemp) {
    OsdMapFields copy = fields.copy();
    copy.pgTemp.clear();
    copy.pgTemp.putAll(pgTemp);
    return new OsdMap(copy);
  }

  /** Ceph's bytes. Not a copy: do not change them. */
  public byte[] encode() {
    byte[] bytes = encoded;
    if (bytes == null) {
      bytes = OsdMapEncoder.encode(fields);
      encoded = bytes;
    }
    return bytes;
  }

  /**
   * Reads a map of Pacific's encoding.
   *
   * @throws io.sluice.bufferlist.MalformedInputException when it is not one, or its checksum is
   *     wrong
   */
  public static OsdMap decode(byte[] bytes) {
    return new OsdMap(OsdMapDecoder.decode(bytes));
  }

  /**
   * The map of the next epoch, by what a monitor or OSD says has changed. (ceph:
   * OSDMap::Incremental)
   *
   * @throws io.sluice.bufferlist.MalformedInputException when the bytes are not that, are of
   *     another cluster or epoch, or make another map than their sender has
   */
  public OsdMap after(byte[] incremental) {
    OsdMapIncremental changes = OsdMapIncremental.decode(incremental);
    OsdMap next = new OsdMap(new OsdMapUpdate(fields, changes).apply());
    OsdMapDecoder.check("map", next.epoch(), next.checksum(), changes.fullCrc);
    return next;
  }

  /** The last four bytes of the encoding, little-endian. */
  private int checksum() {
    byte[] bytes = encode();
    return new Decoder(bytes, bytes.length - 4, 4).le32();
  }

  public int epoch() {
    return fields.epoch;
  }

  /** The highest id that a pool ever had: ids are not used again. */
  public int poolMax() {
    return fields.poolMax;
  }

  public UUID fsid() {
    return fields.fsid;
  }

  public UTime created() {
    return fields.created;
  }

  public UTime modified() {
    return fields.modified;
  }

  /** When an OSD went up or down last. */
  public UTime lastUpChange() {
    return fields.lastUpChange;
  }

  /** When an OSD went in or out last. */
  public UTime lastInChange() {
    return fields.lastInChange;
  }

  public int crushVersion() {
    return fields.crushVersion;
  }

  public int flags() {
    return fields.flags;
  }

  public Collection<PoolInfo> pools() {
    return Collections.unmodifiableCollection(fields.pools.values());
  }

  /** The pool of an id, or null when there is none (any more). */
  public PoolInfo pool(long id) {
    return fields.pools.get(id);
  }

  public Optional<PoolInfo> findPool(String name) {
    return fields.pools.values().stream().filter(pool -> pool.name().equals(name)).findFirst();
  }

  /** One more than the largest OSD id. */
  public int maxOsd() {
    return fields.osds.size();
  }

  /** What the map says of an OSD; {@link OsdEntry#ABSENT} for an id it does not know. */
  public OsdEntry osd(int id) {
    return id >= 0 && id < fields.osds.size() ? fields.osds.get(id) : OsdEntry.ABSENT;
  }

  public boolean exists(int osd) {
    return osd(osd).exists();
  }

  public boolean isUp(int osd) {
    return osd(osd).isUp();
  }

  public boolean isIn(int osd) {
    return osd(osd).isIn();
  }

  /** The addresses that clients use, with the nonce of this life. */
  public AddrVec addrs(int osd) {
    return osd(osd).addrs().client();
  }

  /** The addresses that other OSDs use. */
  public AddrVec clusterAddrs(int osd) {
    return osd(osd).addrs().cluster();
  }

  /** The msgr2 address for clients, or blank. */
  public EntityAddr addr(int osd) {
    return addrs(osd).msgr2();
  }

  public CrushMap crush() {
    return fields.crush;
  }

  public SortedMap<PgId, List<Integer>> pgTemp() {
    return Collections.unmodifiableSortedMap(fields.pgTemp);
  }

  public FullRatios fullRatios() {
    return fields.ratios;
  }

  /** Groups placed by hand. (ceph: pg_upmap) */
  public SortedMap<PgId, List<Integer>> upmaps() {
    return Collections.unmodifiableSortedMap(fields.pgUpmap);
  }

  /** Groups with OSDs exchanged: pairs of from, to. (ceph: pg_upmap_items) */
  public SortedMap<PgId, List<int[]>> upmapItems() {
    return Collections.unmodifiableSortedMap(fields.pgUpmapItems);
  }

  /** Addresses of clients that may not speak any more, and until when. */
  public Map<EntityAddr, UTime> blocklist() {
    return Collections.unmodifiableMap(fields.blocklist);
  }

  /**
   * The group of an object.
   *
   * @param key locator key, normally empty
   * @throws IllegalArgumentException when there is no such pool
   */
  public Location locate(long poolId, String name, String namespace, String key) {
    PoolInfo pool = pool(poolId);
    if (pool == null) {
      throw new IllegalArgumentException(
          "no pool " + poolId + " in epoch " + Integer.toUnsignedString(epoch()));
    }
    int hash = ObjectHash.of(name, namespace, key);
    return new Location(pool.pgOf(hash), hash);
  }

  /**
   * Who serves a group; {@link PgMapping#NONE} when there is no such group. Computed once per
   * group.
   */
  public PgMapping mapping(PgId pg) {
    PoolInfo pool = pool(pg.pool());
    if (pool == null || Integer.compareUnsigned(pg.seed(), pool.pgNum()) >= 0) {
      return PgMapping.NONE; // not remembered: there is no bound to such groups
    }
    return mappings.computeIfAbsent(pg, group -> mapper.map(group, fields.pgTemp));
  }

  /** The mapping as if there were no pg_temp: acting is up. */
  public PgMapping upMapping(PgId pg) {
    return mapper.map(pg, Map.of());
  }

  public List<Integer> up(PgId pg) {
    return upMapping(pg).up();
  }

  public List<Integer> acting(PgId pg) {
    return mapping(pg).acting();
  }

  /**
   * Snapshots of a pool that are gone for good, in ascending runs. (ceph: removed_snaps_queue; here
   * nothing ever leaves it: removals join to runs, so there are hardly more runs than snapshots.)
   */
  public List<SnapInterval> removedSnaps(long poolId) {
    return List.copyOf(fields.removedSnapsQueue.getOrDefault(poolId, List.of()));
  }

  /** The OSD that clients send a group's operations to, or -1. */
  public int primary(PgId pg) {
    return mapping(pg).primary();
  }

  @Override
  public String toString() {
    long up = fields.osds.stream().filter(OsdEntry::isUp).count();
    return "osdmap e"
        + Integer.toUnsignedString(epoch())
        + ": "
        + up
        + " of "
        + maxOsd()
        + " up, "
        + fields.pools.size()
        + " pools";
  }
}
