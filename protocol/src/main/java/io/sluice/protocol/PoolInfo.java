package io.sluice.protocol;

import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;

/**
 * A pool as the OSD map knows it. (ceph: pg_pool_t, plus its id and name)
 *
 * @param flags {@link #HASHPSPOOL} and others
 * @param maxBytes quota, 0 for none
 * @param maxObjects quota, 0 for none
 * @param owner obsolete user id, carried
 * @param applications application name to its key-value settings
 * @param options pool option number to a String, Long or Double
 */
public record PoolInfo(
    long id,
    String name,
    PoolLayout layout,
    long flags,
    PoolHistory history,
    PoolSnaps snaps,
    long maxBytes,
    long maxObjects,
    long owner,
    PoolTier tier,
    SortedMap<String, SortedMap<String, String>> applications,
    SortedMap<Integer, Object> options) {

  /** Placement seeds mix in the pool id, so that pools do not overlap. */
  public static final long HASHPSPOOL = 1;

  public static final long FULL = 1 << 1;
  public static final long NODELETE = 1 << 4;
  public static final long NOPGCHANGE = 1 << 5;
  public static final long NOSIZECHANGE = 1 << 6;
  public static final long NOSCRUB = 1 << 8;
  public static final long NODEEP_SCRUB = 1 << 9;
  public static final long FULL_QUOTA = 1 << 10;
  public static final long SELFMANAGED_SNAPS = 1 << 13;
  public static final long POOL_SNAPS = 1 << 14;

  /**
   * How payload is checked, and in which way it is received, is noted as application tags of these
   * kinds, which Ceph's map carries.
   */
  private static final String INTEGRITY = "sluice.integrity.";

  private static final String RECEIVE = "sluice.receive.";

  /**
   * A pool option of our own, which Ceph's map carries: with how many groups the pool was made,
   * once it has more.
   */
  private static final int FIRST_PG_NUM = 0x536c7563;

  public PoolInfo {
    applications = Collections.unmodifiableSortedMap(new TreeMap<>(applications));
    options = Collections.unmodifiableSortedMap(new TreeMap<>(options));
  }

  /** A new pool. */
  public static PoolInfo create(long id, String name, PoolLayout layout, UTime now, int epoch) {
    return new PoolInfo(
        id,
        name,
        layout,
        HASHPSPOOL,
        PoolHistory.createdAt(now, epoch),
        PoolSnaps.NONE,
        0,
        0,
        0,
        PoolTier.NONE,
        new TreeMap<>(),
        new TreeMap<>());
  }

  public int size() {
    return layout.size();
  }

  public int minSize() {
    return layout.minSize();
  }

  public int pgNum() {
    return layout.pgNum();
  }

  public boolean isReplicated() {
    return layout.type() == PoolLayout.REPLICATED;
  }

  /** The group that a raw hash falls into. */
  public PgId pgOf(int rawHash) {
    return new PgId(id, ObjectHash.stableMod(rawHash, layout.pgNum()));
  }

  /** All groups of the pool, in order. */
  public List<PgId> pgs() {
    List<PgId> pgs = new ArrayList<>(layout.pgNum());
    for (int seed = 0; seed < layout.pgNum(); seed++) {
      pgs.add(new PgId(id, seed));
    }
    return pgs;
  }

  /** The groups that have objects of that one, which were its when there were fewer groups. */
  public List<PgId> children(PgId parent, int fewer) {
    return ObjectHash.children(parent.seed(), fewer, pgNum()).stream()
        .map(seed -> new PgId(id, seed))
        .toList();
  }

  /** CRUSH's input for a group. (ceph: pg_pool_t::raw_pg_to_pps) */
  int placementSeed(int pgSeed) {
    int folded = ObjectHash.stableMod(pgSeed, layout.pgpNum());
    return (flags & HASHPSPOOL) != 0 ? CrushHash.hash(folded, (int) id) : folded + (int) id;
  }

  /** A copy in the making: the fields that a wither changes. */
  private final class Draft {
    private String name = PoolInfo.this.name;
    private PoolLayout layout = PoolInfo.this.layout;
    private long flags = PoolInfo.this.flags;
    private PoolHistory history = PoolInfo.this.history;
    private PoolSnaps snaps = PoolInfo.this.snaps;
    private long maxBytes = PoolInfo.this.maxBytes;
    private long maxObjects = PoolInfo.this.maxObjects;
    private SortedMap<String, SortedMap<String, String>> applications = PoolInfo.this.applications;
    private SortedMap<Integer, Object> options = PoolInfo.this.options;
  }

  private PoolInfo with(Consumer<Draft> change) {
    Draft draft = new Draft();
    change.accept(draft);
    return new PoolInfo(
        id,
        draft.name,
        draft.layout,
        draft.flags,
        draft.history,
        draft.snaps,
        draft.maxBytes,
        draft.maxObjects,
        owner,
        tier,
        draft.applications,
        draft.options);
  }

  /** A change that the pool's history knows of. */
  private PoolInfo with(int epoch, Consumer<Draft> change) {
    return with(change.andThen(draft -> draft.history = history.changedAt(epoch)));
  }

  public PoolInfo withLayout(PoolLayout newLayout, int epoch) {
    return with(epoch, draft -> draft.layout = newLayout);
  }

  /** The pool with as many groups, placed by so many seeds; it has no fewer than it had. */
  public PoolInfo withGroups(int pgNum, int pgpNum, int epoch) {
    if (pgNum < pgNum()) {
      throw new IllegalArgumentException("from " + pgNum() + " groups to " + pgNum);
    }
    SortedMap<Integer, Object> noted = new TreeMap<>(options);
    if (pgNum > pgNum()) {
      noted.putIfAbsent(FIRST_PG_NUM, (long) pgNum());
    }
    return with(
        epoch,
        draft -> {
          draft.layout = layout.withGroups(pgNum, pgpNum);
          draft.options = noted;
        });
  }

  /** With how many groups the pool was made. */
  public int firstPgNum() {
    return options.get(FIRST_PG_NUM) instanceof Long first ? first.intValue() : pgNum();
  }

  public PoolInfo withFlags(long newFlags, int epoch) {
    return with(epoch, draft -> draft.flags = newFlags);
  }

  public PoolInfo withName(String newName, int epoch) {
    return with(epoch, draft -> draft.name = newName);
  }

  public PoolInfo withSnaps(PoolSnaps newSnaps, long newFlags, int epoch) {
    return with(
        epoch,
        draft -> {
          draft.snaps = newSnaps;
          draft.flags = newFlags;
        });
  }

  public PoolInfo withQuota(long newMaxBytes, long newMaxObjects, int epoch) {
    return with(
        epoch,
        draft -> {
          draft.maxBytes = newMaxBytes;
          draft.maxObjects = newMaxObjects;
        });
  }

  /** True for a name among a pool's applications that is a setting of ours. */
  public static boolean isSetting(String application) {
    return application.startsWith(INTEGRITY) || application.startsWith(RECEIVE);
  }

  /** The tag that sets the pool's integrity mode: {@code lazy}, {@code ingest}. */
  public static String integrityTag(String mode) {
    return INTEGRITY + mode;
  }

  /** When OSDs look at payload that comes with checksums: a mode's name; null = as they think. */
  public String integrity() {
    return tagged(INTEGRITY);
  }

  /** The tag that sets in which way large writes to the pool are received. */
  public static String receiveTag(String way) {
    return RECEIVE + way;
  }

  /** In which way large writes are received: its name; null = as the OSDs think. */
  public String receive() {
    return tagged(RECEIVE);
  }

  private String tagged(String prefix) {
    SortedMap<String, SortedMap<String, String>> from = applications.tailMap(prefix);
    String first = from.isEmpty() ? "" : from.firstKey();
    return first.startsWith(prefix) ? first.substring(prefix.length()) : null;
  }

  /** Enables an application, as {@code ceph osd pool application enable} does. */
  public PoolInfo withApplication(String application, int epoch) {
    SortedMap<String, SortedMap<String, String>> more = new TreeMap<>(applications);
    for (String prefix : new String[] {INTEGRITY, RECEIVE}) {
      if (application.startsWith(prefix)) {
        more.keySet().removeIf(name -> name.startsWith(prefix));
      }
    }
    more.putIfAbsent(application, new TreeMap<>());
    return with(epoch, draft -> draft.applications = more);
  }

  /** With a setting of an application that the pool has; a null value removes it. */
  public PoolInfo withApplicationSetting(String application, String key, String value, int epoch) {
    SortedMap<String, SortedMap<String, String>> changed = new TreeMap<>(applications);
    SortedMap<String, String> settings = new TreeMap<>(changed.get(application));
    if (value == null) {
      settings.remove(key);
    } else {
      settings.put(key, value);
    }
    changed.put(application, settings);
    return with(epoch, draft -> draft.applications = changed);
  }

  /** The same pool without an application. */
  public PoolInfo withoutApplication(String application, int epoch) {
    SortedMap<String, SortedMap<String, String>> fewer = new TreeMap<>(applications);
    fewer.remove(application);
    return with(epoch, draft -> draft.applications = fewer);
  }
}
