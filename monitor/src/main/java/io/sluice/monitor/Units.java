package io.sluice.monitor;

import io.sluice.types.UTime;
import java.math.BigDecimal;
import java.math.MathContext;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Sizes, times and durations as Ceph prints them. */
final class Units {
  private static final String[] BINARY = {"B", "KiB", "MiB", "GiB", "TiB", "PiB", "EiB"};
  private static final String[] DECIMAL = {"", "k", "M", "G", "T", "P", "E"};
  private static final DateTimeFormatter STAMP =
      DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSSxx", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private Units() {}

  /** {@code 10 GiB}, {@code 1.5 KiB}: two digits where there are few before the point. */
  static String bytes(long bytes) {
    double value = bytes;
    int unit = 0;
    while (value >= 1024 && unit < BINARY.length - 1) {
      value /= 1024;
      unit++;
    }
    boolean fraction = unit > 0 && value < 10 && Math.round(value * 10) % 10 != 0;
    return String.format(Locale.ROOT, fraction ? "%.1f %s" : "%.0f %s", value, BINARY[unit]);
  }

  /** {@code 999}, {@code 10k}, {@code 1.50M}. (ceph: si_u_t) */
  static String count(long number) {
    double value = number;
    int unit = 0;
    while (value >= 1000 && unit < DECIMAL.length - 1) {
      value /= 1000;
      unit++;
    }
    return String.format(Locale.ROOT, value % 1 == 0 ? "%.0f%s" : "%.2f%s", value, DECIMAL[unit]);
  }

  static String time(UTime time) {
    return STAMP.format(
        Instant.ofEpochSecond(Integer.toUnsignedLong(time.seconds()), time.nanos()));
  }

  /** {@code 5m}, {@code 2h}, {@code 30s}: the largest unit that says enough. */
  static String age(long seconds) {
    if (seconds < 120) {
      return Math.max(0, seconds) + "s";
    }
    if (seconds < 2 * 3600) {
      return seconds / 60 + "m";
    }
    return seconds < 48 * 3600 ? seconds / 3600 + "h" : seconds / 86400 + "d";
  }

  /** Six digits at most, and no zeros behind them: {@code 1}, {@code 0.95}. */
  static String number(double value) {
    BigDecimal shortest = new BigDecimal(value).round(new MathContext(6)).stripTrailingZeros();
    return shortest.signum() == 0 ? "0" : shortest.toPlainString();
  }

  static String weight(double weight) {
    return String.format(Locale.ROOT, "%.5f", weight);
  }
}
