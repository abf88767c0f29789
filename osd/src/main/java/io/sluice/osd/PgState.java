package io.sluice.osd;

import java.util.EnumSet;
import java.util.Set;

/**
 * What a placement group does on this OSD, with the legal transitions in a table.
 *
 * <pre>
 * INITIAL  -> any          a new interval has begun
 * PEERING  -> ACTIVE, PEERED   members agree
 * ACTIVE  <-> PEERED       the pool's min_size changed
 * any      -> INITIAL      the next interval
 * ACTIVE, PEERED -> PEERING   a member's connection was lost: peer again in the same interval
 * </pre>
 */
enum PgState {
  /** Before the first map and between intervals. */
  INITIAL,
  /** Not in the acting set: nothing to do, unless the primary is bringing us up to date. */
  STRAY,
  /** In the acting set, not its primary. */
  REPLICA,
  /** Primary, but nobody in the acting set holds everything: operations wait. */
  WAITING,
  /** Primary, making the members agree. */
  PEERING,
  /** Primary of members that agree but are fewer than min_size: operations wait. */
  PEERED,
  /** Primary, serving. */
  ACTIVE,
  /** The pool is gone. */
  REMOVED;

  private static Set<PgState> after(PgState state) {
    return switch (state) {
      case INITIAL -> EnumSet.of(STRAY, REPLICA, WAITING, PEERING, REMOVED);
      case STRAY, REPLICA, WAITING -> EnumSet.of(INITIAL, REMOVED);
      case PEERING -> EnumSet.of(INITIAL, PEERING, PEERED, ACTIVE, REMOVED);
      case PEERED -> EnumSet.of(INITIAL, PEERING, ACTIVE, REMOVED);
      case ACTIVE -> EnumSet.of(INITIAL, PEERING, PEERED, REMOVED);
      case REMOVED -> EnumSet.noneOf(PgState.class);
    };
  }

  boolean allows(PgState next) {
    return after(this).contains(next);
  }

  boolean isPrimary() {
    return this == WAITING || this == PEERING || this == PEERED || this == ACTIVE;
  }
}
