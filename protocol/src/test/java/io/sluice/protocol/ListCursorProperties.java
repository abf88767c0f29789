package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.PgId;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;

class ListCursorProperties {
  /** A hash lies between the start and the end of exactly the group that placement gives it. */
  @Property
  void shouldHoldAHashBetweenStartAndEndOfItsGroupOnly(
      @ForAll int hash,
      @ForAll @IntRange(min = 1, max = 300) int pgCount,
      @ForAll @IntRange(max = 299) int other) {
    int mask = Math.max(1, Integer.highestOneBit(pgCount - 1) << 1) - 1;
    int seed = (hash & mask) < pgCount ? hash & mask : hash & mask >> 1;
    assertThat(holds(seed, pgCount, hash)).isTrue();
    if (other % pgCount != seed) {
      assertThat(holds(other % pgCount, pgCount, hash)).isFalse();
    }
  }

  private static boolean holds(int seed, int pgCount, int hash) {
    PgId pg = new PgId(1, seed);
    ListCursor end = ListCursor.endOf(pg, pgCount);
    long at = reversed(hash);
    return at >= reversed(ListCursor.startOf(pg).hash())
        && (end.max() || at < reversed(end.hash()));
  }

  private static long reversed(int hash) {
    return Integer.toUnsignedLong(Integer.reverse(hash));
  }
}
