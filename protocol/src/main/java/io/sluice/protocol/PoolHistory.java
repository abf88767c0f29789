package io.sluice.protocol;

import io.sluice.types.EVersion;
import io.sluice.types.PgId;
import io.sluice.types.UTime;

/**
 * When a pool was made and last changed.
 *
 * @param lastChange epoch of the last change
 * @param forceResend clients resend operations begun before this epoch
 * @param forceResendPrenautilus the same for clients older than Nautilus
 * @param forceResendPreluminous the same for clients older than Luminous
 */
public record PoolHistory(
    UTime created,
    int lastChange,
    int forceResend,
    int forceResendPrenautilus,
    int forceResendPreluminous,
    Merge lastMerge) {

  /** The last merge of two placement groups. (ceph: pg_merge_meta_t) */
  public record Merge(
      PgId source,
      int readyEpoch,
      int lastEpochStarted,
      int lastEpochClean,
      EVersion sourceVersion,
      EVersion targetVersion) {
    public static final Merge NONE =
        new Merge(new PgId(0, 0), 0, 0, 0, EVersion.ZERO, EVersion.ZERO);
  }

  static PoolHistory createdAt(UTime now, int epoch) {
    return new PoolHistory(now, epoch, 0, 0, 0, Merge.NONE);
  }

  PoolHistory changedAt(int epoch) {
    return new PoolHistory(
        created, epoch, forceResend, forceResendPrenautilus, forceResendPreluminous, lastMerge);
  }
}
