package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EVersion;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Reads pools in Ceph's encoding; the twin of {@link PoolInfoEncoder}, in whose order the fields
 * come.
 *
 * <p><b>Threads:</b> one owner, for one pool.
 */
final class PoolInfoDecoder {
  /** More groups than this are taken for damage; Ceph's monitors allow 65536. */
  private static final int MAX_PGS = 1 << 20;

  private final Decoder from;
  private int type;
  private int size;
  private int minSize;
  private int rule;
  private int hash;
  private int pgNum;
  private int pgpNum;
  private String erasureProfile;
  private int stripeWidth;
  private long expectedObjects;
  private boolean fastRead;
  private int forceResendPreluminous;

  private PoolInfoDecoder(Decoder from) {
    this.from = from;
  }

  /** Reads a pool; its name comes later in the map. */
  static PoolInfo decode(Decoder from, long id) {
    Decoder.Struct struct = from.begin(PoolInfoEncoder.VERSION, "pg_pool_t");
    if (struct.version() < PoolInfoEncoder.VERSION) {
      throw new MalformedInputException(
          "pg_pool_t v" + struct.version() + " is older than Nautilus");
    }
    PoolInfo pool = new PoolInfoDecoder(from).read(id);
    from.end(struct);
    return pool;
  }

  private PoolInfo read(long id) {
    type = from.u8();
    size = from.u8();
    rule = from.u8();
    hash = from.u8();
    pgNum = from.le32();
    pgpNum = from.le32();
    from.skip(8);
    int lastChange = from.le32();
    PoolSnaps snaps = decodeSnaps(from);
    long owner = from.le64();
    long flags = from.le64();
    from.skip(4);
    minSize = from.u8();
    long maxBytes = from.le64();
    long maxObjects = from.le64();
    PoolTier tier = readTierAndMore();
    SortedMap<Integer, Object> options = decodeOptions(from);
    int resendPrenautilus = from.le32();
    SortedMap<String, SortedMap<String, String>> applications = decodeApplications(from);
    UTime created = UTime.decode(from);
    int[] targets = {from.le32(), from.le32(), from.le32()};
    from.skip(8);
    int resend = from.le32();
    PoolLayout layout = check(layout(targets, from.u8()));
    PoolHistory.Merge merge = decodeMerge(from);
    PoolHistory history =
        new PoolHistory(
            created, lastChange, resend, resendPrenautilus, forceResendPreluminous, merge);
    return new PoolInfo(
        id,
        "",
        layout,
        flags,
        history,
        snaps,
        maxBytes,
        maxObjects,
        owner,
        tier,
        applications,
        options);
  }

  private PoolLayout layout(int[] targets, int autoscaleMode) {
    return new PoolLayout(
        type,
        size,
        minSize,
        rule,
        hash,
        pgNum,
        pgpNum,
        targets[0],
        targets[1],
        targets[2],
        autoscaleMode,
        stripeWidth,
        erasureProfile,
        expectedObjects,
        fastRead);
  }

  /** The middle of a pool, where cache tiering and other settings take turns. */
  private PoolTier readTierAndMore() {
    SortedSet<Long> tiers = new TreeSet<>(from.list(Decoder::le64));
    long tierOf = from.le64();
    int cacheMode = from.u8();
    long readTier = from.le64();
    long writeTier = from.le64();
    SortedMap<String, String> properties = StringMap.decode(from);
    Decoder.Struct struct = from.begin(1, "HitSet::Params");
    Opaque params = new Opaque(from.raw((int) (struct.end() - from.position())));
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
    return new PoolTier(
        tiers,
        tierOf,
        cacheMode,
        readTier,
        writeTier,
        properties,
        params,
        period,
        count,
        gmt,
        decay,
        searchLast,
        readRecency,
        writeRecency,
        maxBytes,
        maxObjects,
        dirty,
        dirtyHigh,
        full,
        flushAge,
        evictAge);
  }

  private static PoolLayout check(PoolLayout layout) {
    if (layout.pgNum() < 1 || layout.pgNum() > MAX_PGS || layout.pgpNum() < 1) {
      throw new MalformedInputException(
          "pool of " + layout.pgNum() + " groups, pgp_num " + layout.pgpNum());
    }
    if (layout.objectHash() != PoolLayout.RJENKINS) {
      throw new MalformedInputException(
          "pool of object hash " + layout.objectHash() + ": only rjenkins is supported");
    }
    return layout;
  }

  private static SortedMap<String, SortedMap<String, String>> decodeApplications(Decoder from) {
    SortedMap<String, SortedMap<String, String>> applications = new TreeMap<>();
    for (int left = from.count(8); left > 0; left--) {
      applications.put(from.string(), StringMap.decode(from));
    }
    return applications;
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
            case PoolInfoEncoder.OPTION_STRING -> from.string();
            case PoolInfoEncoder.OPTION_INT -> from.le64();
            case PoolInfoEncoder.OPTION_DOUBLE -> Double.longBitsToDouble(from.le64());
            default -> throw new MalformedInputException("pool option of type " + type);
          };
      options.put(key, value);
    }
    from.end(struct);
    return options;
  }

  private static PoolHistory.Merge decodeMerge(Decoder from) {
    Decoder.Struct struct = from.begin(1, "pg_merge_meta_t");
    PoolHistory.Merge merge =
        new PoolHistory.Merge(
            PgId.decode(from),
            from.le32(),
            from.le32(),
            from.le32(),
            EVersion.decode(from),
            EVersion.decode(from));
    from.end(struct);
    return merge;
  }
}
