package io.sluice.protocol;

import io.sluice.bufferlist.Encoder;
import java.util.Map;

/**
 * Writes pools in Ceph's encoding: {@code pg_pool_t} v29, compat 5, as Pacific does for a pool that
 * is not stretched.
 *
 * <p>The name is not part of it: the map keeps names apart. (ceph: pg_pool_t::encode)
 */
final class PoolInfoEncoder {
  static final int VERSION = 29;
  static final int OPTION_STRING = 0;
  static final int OPTION_INT = 1;
  static final int OPTION_DOUBLE = 2;

  private static final int COMPAT = 5;

  private PoolInfoEncoder() {}

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
    StringMap.encode(to, tier.properties());
    int params = to.begin(1, 1);
    to.raw(tier.hitSetParams().bytes()).end(params);
    to.le32(tier.hitSetPeriod()).le32(tier.hitSetCount()).le32(layout.stripeWidth());
    to.le64(tier.targetMaxBytes()).le64(tier.targetMaxObjects());
    to.le32(tier.dirtyRatioMicro())
        .le32(tier.fullRatioMicro())
        .le32(tier.minFlushAge())
        .le32(tier.minEvictAge());
    to.string(layout.erasureProfile()).le32(history.forceResendPreluminous());
    to.le32(tier.minReadRecency()).le64(layout.expectedObjects()).le32(tier.dirtyHighRatioMicro());
    to.le32(tier.minWriteRecency()).bool(tier.gmtHitSet()).bool(layout.fastRead());
    to.le32(tier.hitSetGradeDecayRate()).le32(tier.hitSetSearchLast());
    encodeOptions(to, pool.options());
    to.le32(history.forceResendPrenautilus());
    to.le32(pool.applications().size());
    pool.applications().forEach((name, settings) -> StringMap.encode(to.string(name), settings));
    history.created().encode(to);
    to.le32(layout.pgNumTarget())
        .le32(layout.pgpNumTarget())
        .le32(layout.pgNumPending())
        .le32(0)
        .le32(0);
    to.le32(history.forceResend()).u8(layout.autoscaleMode());
    encodeMerge(to, history.lastMerge());
    to.end(mark);
  }

  private static void encodeSnaps(Encoder to, PoolSnaps snaps) {
    to.le64(snaps.seq()).le32(snaps.epoch()).le32(snaps.snaps().size());
    snaps
        .snaps()
        .forEach(
            (id, snap) -> {
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
    options.forEach(
        (key, value) -> {
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
}
