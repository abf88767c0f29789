package io.sluice.bufferlist;

import java.util.Random;

/**
 * Where chance begins in a test: at the same place every time, so that a failure means that the
 * code has changed and not the dice. With {@code -Dsluice.seeds=fresh} it begins anywhere: that is
 * how to look for more ({@code ./check --fresh}).
 */
public final class Seeds {
  static final boolean FRESH = "fresh".equals(System.getProperty("sluice.seeds"));

  private Seeds() {}

  /** The first seed of whatever has that name; print it with a failure. */
  public static long of(String name) {
    return (FRESH ? new Random() : new Random(name.hashCode())).nextLong();
  }

  /** The same, from 0 to {@code bound}, for seeds that people type. */
  public static long of(String name, int bound) {
    return Math.floorMod(of(name), (long) bound);
  }
}
