package io.sluice.protocol;

/**
 * How a pool spreads its objects: the part of {@code pg_pool_t} that decides placement.
 *
 * @param type {@link #REPLICATED} or {@link #ERASURE}
 * @param minSize fewest acting OSDs with which a group serves
 * @param crushRule id of the CRUSH rule
 * @param objectHash {@link #RJENKINS}
 * @param pgNum number of placement groups
 * @param pgpNum number of distinct placement seeds; equal to pgNum outside of splits
 * @param autoscaleMode 0 off, 1 warn, 2 on, 255 unknown
 * @param stripeWidth bytes, erasure-coded pools only
 * @param expectedObjects a hint, 0 for none
 */
public record PoolLayout(
    int type,
    int size,
    int minSize,
    int crushRule,
    int objectHash,
    int pgNum,
    int pgpNum,
    int pgNumTarget,
    int pgpNumTarget,
    int pgNumPending,
    int autoscaleMode,
    int stripeWidth,
    String erasureProfile,
    long expectedObjects,
    boolean fastRead) {
  public static final int REPLICATED = 1;
  public static final int ERASURE = 3;

  /** (ceph: CEPH_STR_HASH_RJENKINS) */
  public static final int RJENKINS = 2;

  /** A replicated pool's layout without anything special. */
  public static PoolLayout replicated(int size, int minSize, int pgNum, int crushRule) {
    if (size < 1 || minSize < 1 || minSize > size || size > 255) {
      throw new IllegalArgumentException("size " + size + ", min_size " + minSize);
    }
    if (pgNum < 1 || pgNum > 65536) {
      throw new IllegalArgumentException("pg_num " + pgNum + " is not in 1..65536");
    }
    return new PoolLayout(
        REPLICATED,
        size,
        minSize,
        crushRule,
        RJENKINS,
        pgNum,
        pgNum,
        pgNum,
        pgNum,
        pgNum,
        0,
        0,
        "",
        0,
        false);
  }

  public PoolLayout withSizes(int newSize, int newMinSize) {
    return new PoolLayout(
        type,
        newSize,
        newMinSize,
        crushRule,
        objectHash,
        pgNum,
        pgpNum,
        pgNumTarget,
        pgpNumTarget,
        pgNumPending,
        autoscaleMode,
        stripeWidth,
        erasureProfile,
        expectedObjects,
        fastRead);
  }

  public PoolLayout withCrushRule(int newRule) {
    return new PoolLayout(
        type,
        size,
        minSize,
        newRule,
        objectHash,
        pgNum,
        pgpNum,
        pgNumTarget,
        pgpNumTarget,
        pgNumPending,
        autoscaleMode,
        stripeWidth,
        erasureProfile,
        expectedObjects,
        fastRead);
  }

  /** As many groups, placed by so many seeds; nothing is on its way to more. */
  public PoolLayout withGroups(int newPgNum, int newPgpNum) {
    if (newPgpNum < 1 || newPgpNum > newPgNum || newPgNum > 65536) {
      throw new IllegalArgumentException("pg_num " + newPgNum + ", pgp_num " + newPgpNum);
    }
    return new PoolLayout(
        type,
        size,
        minSize,
        crushRule,
        objectHash,
        newPgNum,
        newPgpNum,
        newPgNum,
        newPgpNum,
        newPgNum,
        autoscaleMode,
        stripeWidth,
        erasureProfile,
        expectedObjects,
        fastRead);
  }

  /**
   * Down OSDs of a replicated pool are left out; those of an erasure-coded one leave a hole at
   * their position.
   */
  public boolean shiftsOsds() {
    return type == REPLICATED;
  }
}
