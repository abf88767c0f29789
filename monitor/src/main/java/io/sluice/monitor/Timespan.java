package io.sluice.monitor;

import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Lengths of time as Ceph's users type them: {@code 90}, {@code 1h}, {@code 1 day 2 hours}. */
final class Timespan {
  private static final Pattern PART = Pattern.compile("(\\d{1,12})\\s*([a-z]*)\\s*");

  /** Seconds of a unit, by its letter. */
  private static final Map<String, Long> SECONDS =
      Map.of("", 1L, "s", 1L, "m", 60L, "h", 3600L, "d", 86_400L, "w", 604_800L, "y", 31_556_952L);

  private Timespan() {}

  /**
   * Seconds.
   *
   * @throws IllegalArgumentException with Ceph's words when it is none
   */
  static long seconds(String typed) {
    Matcher parts = PART.matcher(typed);
    long sum = 0;
    int end = 0;
    while (parts.lookingAt()) {
      String unit = parts.group(2);
      Long each = SECONDS.get(unit.isEmpty() ? "" : unit.substring(0, 1));
      if (each == null || unit.startsWith("mo") || unit.equals("ms")) {
        throw new IllegalArgumentException("unrecognized unit '" + unit + "'");
      }
      sum += Long.parseLong(parts.group(1)) * each;
      end = parts.end();
      parts.region(end, typed.length());
    }
    if (end == 0 || end != typed.length()) {
      throw new IllegalArgumentException("expected digit");
    }
    return sum;
  }
}
