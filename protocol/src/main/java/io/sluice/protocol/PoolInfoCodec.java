package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EVersion;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Pools in Ceph's encoding: {@code pg_pool_t} v29, compat 5, as Pacific writes it for a pool that is not stretched.
 *
 * <p>Its name is not part of it: the map keeps names apart.
 */
final class PoolInfoCodec {
  private static final int VERSION = 29;
  private static final int COMPAT = 5;

  /** Oldest version read: Nautilus. */
  private static final int OLDEST = 29;

  private static final int OPTION_STRING = 0;
  private static final int OPTION_INT = 1;
  private static final int OPTION_DOUBLE = 2;

  private PoolInfoCodec() {}

  static void encode(Encoder to, PoolInfo pool) {
    PoolLayout layout = pool.layout();
    PoolHistory history = pool.history();
    PoolTier tier = pool.tier();
    int mark = to.begin(VERSION, COMPAT);
    to.u8(layout.type()).u8(layout.size()).u8(layout.crushRule()).u8(layout.objectHash());
    to.le32(layout.pgNum()).le32(layout.pgpNum()).le32(0).le32(0); // localized groups: gone
    to.le32(history.lastChange());
    encodeSnaps(to, pool.snaps());
    to.le64(pool.owner()).le64(pool.flags()).le32(0); // crash_replay_interval: gone
    to.u8(layout.minSize()).le64(pool.maxBytes()).le64(pool.maxObjects());
    to.list(tier.tiers(), Encoder::le64).le64(tier.tierOf()).u8(tier.cacheMode());
    to.le64(tier.readTier()).le64(tier.writeTier());
    strings(to, tier.properties());
    int params = to.begin(1, 1);
    to.raw(tier.hitSetParams().bytes()).end(params);
    to.le32(tier.hitSetPeriod()).le32(tier.hitSetCount()).le32(layout.stripeWidth());
    to.le64(tier.targetMaxBytes()).le64(tier.targetMaxObjects());
    to.le32(tier.dirtyRatioMicro()).le32(tier.fullRatioMicro()).le32(tier.minFlushAge()).le32(tier.minEvictAge());
    to.string(layout.erasureProfile()).le32(history.forceResendPreluminous());
    to.le32(tier.minReadRecency()).le64(layout.expectedObjects()).le32(tier.dirtyHighRatioMicro());
    to.le32(tier.minWriteRecency()).bool(tier.gmtHitSet()).bool(layout.fastRead());
    to.le32(tier.hitSetGradeDecayRate()).le32(tier.hitSetSearchLast());
    encodeOptions(to, pool.options());
    to.le32(history.forceResendPrenautilus());
    to.le32(pool.applications().size());
    pool.applications().forEach((name, settings) -> strings(to.string(name), settings));
    history.created().encode(to);
    to.le32(layout.pgNumTarget()).le32(layout.pgpNumTarget()).le32(layout.pgNumPending()).le32(0).le32(0);
    to.le32(history.forceResend()).u8(layout.autoscaleMode());
    encodeMerge(to, history.lastMerge());
    to.end(mark);
  }

  private static void encodeSnaps(Encoder to, PoolSnaps snaps) {
    to.le64(snaps.seq()).le32(snaps.epoch()).le32(snaps.snaps().size());
    snaps.snaps().forEach((id, snap) -> {
      to.le64(id);
      int mark = to.begin(2, 2);
      to.le64(snap.id());
      snap.stamp().encode(to);
      to.string(snap.name()).end(mark);
    });
    to.list(snaps.removed(), (each, interval) -> interval.encode(each));
  }

  private static void encodeOptions(Encoder to, Map<Integer, Object> options) {
    int mark = to.begin(2, 1);
    to.le32(options.size());
    options.forEach((key, value) -> {
      to.le32(key);
      if (value instanceof String text) {
        to.le32(OPTION_STRING).string(text);
      } else if (value instanceof Long number) {
        to.le32(OPTION_INT).le64(number);
      } else {
        to.le32(OPTION_DOUBLE).le64(Double.doubleToRawLongBits((Double) value));
      }
    });
    to.end(mark);
  }

  private static void encodeMerge(Encoder to, PoolHistory.Merge merge) {
    int mark = to.begin(1, 1);
    merge.source().encode(to);
    to.le32(merge.readyEpoch()).le32(merge.lastEpochStarted()).le32(merge.lastEpochClean());
    merge.sourceVersion().encode(to);
    merge.targetVersion().encode(to);
    to.end(mark);
  }

  /** Reads a pool; its name comes later in the map. */
  static PoolInfo decode(Decoder from, long id) {
    Decoder.Struct struct = from.begin(VERSION, "pg_pool_t");
    if (struct.version() < OLDEST) {
      throw new MalformedInputException("pg_pool_t v" + struct.version() + " is older than Nautilus");
    }
    int type = from.u8();
    int size = from.u8();
    int rule = from.u8();
    int hash = from.u8();
    int pgNum = from.le32();
    int pgpNum = from.le32();
    from.skip(8);
    int lastChange = from.le32();
    PoolSnaps snaps = decodeSnaps(from);
    long owner = from.le64();
    long flags = from.le64();
    from.skip(4);
    int minSize = from.u8();
    long maxBytes = from.le64();
    long maxObjects = from.le64();
    PoolTierReader tier = new PoolTierReader(from);
    SortedMap<Integer, Object> options = decodeOptions(from);
    int resendPrenautilus = from.le32();
    SortedMap<String, SortedMap<String, String>> applications = new TreeMap<>();
    for (int left = from.count(8); left > 0; left--) {
      applications.put(from.string(), strings(from));
    }
    UTime created = UTime.decode(from);
    int pgNumTarget = from.le32();
    int pgpNumTarget = from.le32();
    int pgNumPending = from.le32();
    from.skip(8);
    int resend = from.le32();
    int autoscale = from.u8();
    PoolHistory.Merge merge = decodeMerge(from);
    from.end(struct);
    PoolLayout layout = new PoolLayout(type, size, minSize, rule, hash, pgNum, pgpNum, pgNumTarget, pgpNumTarget,
        pgNumPending, autoscale, tier.stripeWidth, tier.erasureProfile, tier.expectedObjects, tier.fastRead);
    PoolHistory history =
        new PoolHistory(created, lastChange, resend, resendPrenautilus, tier.forceResendPreluminous, merge);
    return new PoolInfo(id, "", check(layout), flags, history, snaps, maxBytes, maxObjects, owner, tier.tier,
        applications, options);
  }

  private static PoolLayout check(PoolLayout layout) {
    if (layout.pgNum() < 1 || layout.pgpNum() < 1) {
      throw new MalformedInputException("pool of " + layout.pgNum() + " groups, pgp_num " + layout.pgpNum());
    }
    if (layout.objectHash() != PoolLayout.RJENKINS) {
      throw new MalformedInputException("pool of object hash " + layout.objectHash() + ": only rjenkins is supported");
    }
    return layout;
  }

  private static PoolSnaps decodeSnaps(Decoder from) {
    long seq = from.le64();
    int epoch = from.le32();
    SortedMap<Long, PoolSnaps.Snap> snaps = new TreeMap<>();
    for (int left = from.count(8); left > 0; left--) {
      long key = from.le64();
      Decoder.Struct struct = from.begin(2, "pool_snap_info_t");
      snaps.put(key, new PoolSnaps.Snap(from.le64(), UTime.decode(from), from.string()));
      from.end(struct);
    }
    List<SnapInterval> removed = from.list(SnapInterval::decode);
    return new PoolSnaps(seq, epoch, snaps, removed);
  }

  private static SortedMap<Integer, Object> decodeOptions(Decoder from) {
    Decoder.Struct struct = from.begin(2, "pool_opts_t");
    SortedMap<Integer, Object> options = new TreeMap<>();
    for (int left = from.count(12); left > 0; left--) {
      int key = from.le32();
      int type = from.le32();
      Object value =
          switch (type) {
            case OPTION_STRING -> from.string();
            case OPTION_INT -> from.le64();
            case OPTION_DOUBLE -> Double.longBitsToDouble(from.le64());
            default -> throw new MalformedInputException("pool option of type " + type);
          };
      options.put(key, value);
    }
    from.end(struct);
    return options;
  }

  private static PoolHistory.Merge decodeMerge(Decoder from) {
    Decoder.Struct struct = from.begin(1, "pg_merge_meta_t");
    PoolHistory.Merge merge = new PoolHistory.Merge(
        PgId.decode(from), from.le32(), from.le32(), from.le32(), EVersion.decode(from), EVersion.decode(from));
    from.end(struct);
    return merge;
  }

  static void strings(Encoder to, Map<String, String> map) {
    to.le32(map.size());
    map.forEach((key, value) -> to.string(key).string(value));
  }

  static SortedMap<String, String> strings(Decoder from) {
    SortedMap<String, String> map = new TreeMap<>();
    for (int left = from.count(8); left > 0; left--) {
      map.put(from.string(), from.string());
    }
    return map;
  }

  /** The middle of a pool's encoding, where cache tiering and other settings take turns. */
  private static final class PoolTierReader {
    final PoolTier tier;
    final int stripeWidth;
    final String erasureProfile;
    final int forceResendPreluminous;
    final long expectedObjects;
    final boolean fastRead;

    PoolTierReader(Decoder from) {
      SortedSet<Long> tiers = new TreeSet<>(from.list(Decoder::le64));
      long tierOf = from.le64();
      int cacheMode = from.u8();
      long readTier = from.le64();
      long writeTier = from.le64();
      SortedMap<String, String> properties = strings(from);
      Decoder.Struct struct = from.begin(1, "HitSet::Params");
      Opaque params = new Opaque(from.raw(struct.end() - from.position()));
      from.end(struct);
      int period = from.le32();
      int count = from.le32();
      stripeWidth = from.le32();
      long maxBytes = from.le64();
      long maxObjects = from.le64();
      int dirty = from.le32();
      int full = from.le32();
      int flushAge = from.le32();
      int evictAge = from.le32();
      erasureProfile = from.string();
      forceResendPreluminous = from.le32();
      int readRecency = from.le32();
      expectedObjects = from.le64();
      int dirtyHigh = from.le32();
      int writeRecency = from.le32();
      boolean gmt = from.bool();
      fastRead = from.bool();
      int decay = from.le32();
      int searchLast = from.le32();
      tier = new PoolTier(tiers, tierOf, cacheMode, readTier, writeTier, properties, params, period, count, gmt, decay,
          searchLast, readRecency, writeRecency, maxBytes, maxObjects, dirty, dirtyHigh, full, flushAge, evictAge);
    }
  }
}
