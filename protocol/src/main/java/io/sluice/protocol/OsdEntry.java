package io.sluice.protocol;

import io.sluice.types.UTime;
import java.util.UUID;

/**
 * What the OSD map says of one OSD id.
 *
 * @param state {@link #EXISTS}, {@link #UP} and others
 * @param weight 16.16 fixed point: {@link #IN} takes its full share, 0 is out
 * @param uuid of the OSD's store; all zero when never created
 */
public record OsdEntry(
    int state, int weight, int primaryAffinity, OsdAddrs addrs, Life life, Extra extra, UUID uuid) {
  public static final int EXISTS = 1;
  public static final int UP = 1 << 1;
  public static final int AUTOOUT = 1 << 2;
  public static final int NEW = 1 << 3;
  public static final int FULL = 1 << 4;
  public static final int NEARFULL = 1 << 5;

  /** Stopped by an administrator. */
  static final int STOP = 1 << 12;

  /** Weight of an OSD that is in, and the affinity of one that may be primary. */
  public static final int IN = 0x10000;

  static final UUID NO_UUID = new UUID(0, 0);

  /** Epochs of an OSD's last lives. (ceph: osd_info_t v1) */
  public record Life(
      int lastCleanBegin, int lastCleanEnd, int upFrom, int upThru, int downAt, int lostAt) {
    public static final Life NONE = new Life(0, 0, 0, 0, 0, 0);

    Life withLastClean(int begin, int end) {
      return new Life(begin, end, upFrom, upThru, downAt, lostAt);
    }

    Life withUpFrom(int epoch) {
      return new Life(lastCleanBegin, lastCleanEnd, epoch, upThru, downAt, lostAt);
    }

    Life withUpThru(int epoch) {
      return new Life(lastCleanBegin, lastCleanEnd, upFrom, epoch, downAt, lostAt);
    }

    Life withDownAt(int epoch) {
      return new Life(lastCleanBegin, lastCleanEnd, upFrom, upThru, epoch, lostAt);
    }

    Life withLostAt(int epoch) {
      return new Life(lastCleanBegin, lastCleanEnd, upFrom, upThru, downAt, epoch);
    }
  }

  /**
   * Less used facts. (ceph: osd_xinfo_t v4)
   *
   * @param laggyProbability of 2^32-1
   */
  public record Extra(
      UTime downStamp,
      int laggyProbability,
      int laggyInterval,
      long features,
      int oldWeight,
      UTime lastPurgedSnapsScrub,
      int deadEpoch) {
    public static final Extra NONE = new Extra(UTime.ZERO, 0, 0, 0, 0, UTime.ZERO, 0);

    Extra withDownStamp(UTime stamp) {
      return new Extra(
          stamp,
          laggyProbability,
          laggyInterval,
          features,
          oldWeight,
          lastPurgedSnapsScrub,
          deadEpoch);
    }

    Extra withOldWeight(int weight) {
      return new Extra(
          downStamp,
          laggyProbability,
          laggyInterval,
          features,
          weight,
          lastPurgedSnapsScrub,
          deadEpoch);
    }
  }

  /** An id that no OSD has. */
  public static final OsdEntry ABSENT =
      new OsdEntry(0, 0, IN, OsdAddrs.NONE, Life.NONE, Extra.NONE, NO_UUID);

  public boolean exists() {
    return (state & EXISTS) != 0;
  }

  public boolean isUp() {
    return exists() && (state & UP) != 0;
  }

  public boolean isIn() {
    return exists() && weight != 0;
  }

  OsdEntry withState(int newState) {
    return new OsdEntry(newState, weight, primaryAffinity, addrs, life, extra, uuid);
  }

  OsdEntry withWeight(int newWeight) {
    return new OsdEntry(state, newWeight, primaryAffinity, addrs, life, extra, uuid);
  }

  OsdEntry withPrimaryAffinity(int newAffinity) {
    return new OsdEntry(state, weight, newAffinity, addrs, life, extra, uuid);
  }

  OsdEntry withAddrs(OsdAddrs newAddrs) {
    return new OsdEntry(state, weight, primaryAffinity, newAddrs, life, extra, uuid);
  }

  OsdEntry withLife(Life newLife) {
    return new OsdEntry(state, weight, primaryAffinity, addrs, newLife, extra, uuid);
  }

  OsdEntry withExtra(Extra newExtra) {
    return new OsdEntry(state, weight, primaryAffinity, addrs, life, newExtra, uuid);
  }

  OsdEntry withUuid(UUID newUuid) {
    return new OsdEntry(state, weight, primaryAffinity, addrs, life, extra, newUuid);
  }
}
