package io.sluice.monitor;

import io.sluice.protocol.Errno;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * One of Ceph's options: what values it takes, and how Ceph writes them.
 *
 * @param type bool, int, uint, size, float, secs, millisecs, str, addr, addrvec, uuid; log is
 *     {@code N/M}
 * @param flags {@code r}: changes while a daemon runs; {@code m}: monitors do not keep it
 * @param least empty for any; {@code most} likewise
 * @param choices empty for any
 */
record ConfigOption(
    String name,
    String type,
    String level,
    String flags,
    String byDefault,
    String least,
    String most,
    List<String> choices) {

  private static final Pattern LOG = Pattern.compile("(\\d{1,2})(?:/(\\d{1,2}))?");
  private static final Pattern NUMBER = Pattern.compile("(-?\\d{1,18})([KMGTPE]?)");
  private static final Pattern SIZE = Pattern.compile("(\\d{1,18})(?:B|([KMGTPE])[iB]?)?");
  private static final String PREFIXES = "KMGTPE";

  /** A line of {@code options.tsv}. */
  static ConfigOption parse(String line) {
    String[] cells = Arrays.copyOf(line.split("\t"), 9);
    for (int i = 0; i < cells.length; i++) {
      cells[i] = cells[i] == null ? "" : cells[i];
    }
    List<String> choices = cells[8].isEmpty() ? List.of() : List.of(cells[8].split(","));
    return new ConfigOption(
        cells[0], cells[1], cells[2], cells[3], cells[4], cells[6], cells[7], choices);
  }

  ConfigOption withDefault(String value) {
    return new ConfigOption(name, type, level, flags, value, least, most, choices);
  }

  boolean changesAtRuntime() {
    return flags.contains("r");
  }

  boolean isKept() {
    return !flags.contains("m");
  }

  boolean isNumber() {
    return !least.isEmpty() || type.matches("u?int|size|float|secs|millisecs");
  }

  /**
   * The value as Ceph writes it: {@code 4K} of a size is 4096.
   *
   * @throws CommandException EINVAL when it is none
   */
  String normal(String value) {
    String normal =
        switch (type) {
          case "bool" -> bool(value);
          case "int" -> Long.toString(number(value));
          case "uint" -> naturalText(value);
          case "size" -> Long.toString(size(value));
          case "float" -> String.format(Locale.ROOT, "%f", real(value));
          case "secs" -> Long.toString(seconds(value));
          case "millisecs" -> naturalText(value);
          case "log" -> log(value);
          default -> value;
        };
    if (!choices.isEmpty() && !choices.contains(normal)) {
      throw wrong(
          "'" + value + "' is not one of the permitted values: " + String.join(", ", choices));
    }
    if (!least.isEmpty() && Double.parseDouble(normal) < Double.parseDouble(least)) {
      throw wrong("Value '" + normal + "' is below minimum " + least);
    }
    if (!most.isEmpty() && Double.parseDouble(normal) > Double.parseDouble(most)) {
      throw wrong("Value '" + normal + "' exceeds maximum " + most);
    }
    return normal;
  }

  private String bool(String value) {
    String small = value.toLowerCase(Locale.ROOT);
    return small.equals("true") || small.equals("false")
        ? small
        : Boolean.toString(number(value) != 0);
  }

  private static long scaled(String digits, String prefix, int thousand) {
    long value = Long.parseLong(digits);
    int steps = prefix == null || prefix.isEmpty() ? 0 : PREFIXES.indexOf(prefix) + 1;
    for (; steps > 0; steps--) {
      value = Math.multiplyExact(value, thousand);
    }
    return value;
  }

  private static long number(String value) {
    Matcher parts = NUMBER.matcher(value);
    try {
      if (parts.matches()) {
        return scaled(parts.group(1), parts.group(2), 1000);
      }
    } catch (ArithmeticException e) {
      throw wrong("The option value '" + value + "' seems to be invalid");
    }
    throw wrong("Expected option value to be integer, got '" + value + "'");
  }

  private String naturalText(String value) {
    return Long.toString(natural(value));
  }

  /** A number of things, {@code 5k} perhaps. */
  static long natural(String value) {
    long number = number(value);
    if (number < 0) {
      throw wrong("value should not be negative");
    }
    return number;
  }

  /** A number of bytes, {@code 4K} perhaps. */
  static long size(String value) {
    Matcher parts = SIZE.matcher(value);
    try {
      if (parts.matches()) {
        return scaled(parts.group(1), parts.group(2), 1024);
      }
    } catch (ArithmeticException e) {
      throw wrong("The option value '" + value + "' seems to be invalid");
    }
    throw wrong("expected a size such as 4096, 4K or 1G, got '" + value + "'");
  }

  private double real(String value) {
    try {
      double number = Double.parseDouble(value);
      if (!value.matches(".*[dDfF\\s]") && Math.abs(number) < Long.MAX_VALUE) {
        return number;
      }
    } catch (NumberFormatException e) {
      throw wrong("expected double, got: '" + value + "'");
    }
    throw wrong("expected double, got: '" + value + "'");
  }

  private static long seconds(String value) {
    try {
      return Timespan.seconds(value);
    } catch (IllegalArgumentException e) {
      throw wrong(e.getMessage());
    }
  }

  private String log(String value) {
    Matcher parts = LOG.matcher(value);
    if (!parts.matches()) {
      throw wrong("value must take the form N or N/M, where N and M are integers");
    }
    return parts.group(1) + "/" + (parts.group(2) == null ? parts.group(1) : parts.group(2));
  }

  private static CommandException wrong(String why) {
    return new CommandException(Errno.EINVAL, "error parsing value: " + why);
  }
}
