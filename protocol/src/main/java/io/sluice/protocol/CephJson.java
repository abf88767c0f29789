package io.sluice.protocol;

import java.math.BigDecimal;

/**
 * JSON as Ceph prints it: four spaces a level, a colon and a space behind a name, nothing between
 * the brackets of what is empty, and whole numbers without a point.
 *
 * <p>Works on valid JSON without spaces between its parts, as every library writes it.
 */
public final class CephJson {
  private static final int DIGITS = 17; // beyond them C++ writes an exponent, too

  private final String dense;
  private final boolean pretty;
  private final StringBuilder text;
  private int at;
  private int level;

  private CephJson(String dense, boolean pretty) {
    this.dense = dense;
    this.pretty = pretty;
    this.text = new StringBuilder(dense.length() * (pretty ? 2 : 1));
  }

  /** On one line: {@code --format json}. */
  public static String line(String dense) {
    return new CephJson(dense, false).write();
  }

  /** On many: {@code --format json-pretty}, and where no format is asked for. */
  public static String pretty(String dense) {
    return new CephJson(dense, true).write();
  }

  private String write() {
    while (at < dense.length()) {
      char c = dense.charAt(at);
      if (c == '"') {
        string();
      } else if (c == '-' || Character.isDigit(c)) {
        number();
      } else {
        mark(c);
        at++;
      }
    }
    return text.toString();
  }

  private void string() {
    int from = at++;
    while (dense.charAt(at) != '"') {
      at += dense.charAt(at) == '\\' ? 2 : 1;
    }
    text.append(dense, from, ++at);
  }

  private void number() {
    int from = at;
    while (at < dense.length() && "+-.eE0123456789".indexOf(dense.charAt(at)) >= 0) {
      at++;
    }
    String number = dense.substring(from, at);
    text.append(
        number.chars().allMatch(c -> c == '-' || Character.isDigit(c)) ? number : of(number));
  }

  private static String of(String fraction) {
    BigDecimal value = new BigDecimal(fraction);
    if (value.signum() == 0) {
      return "0";
    }
    BigDecimal shortest = value.stripTrailingZeros();
    int exponent = shortest.precision() - shortest.scale() - 1;
    return exponent < -5 || exponent >= DIGITS ? fraction : shortest.toPlainString();
  }

  private void mark(char c) {
    boolean opens = c == '{' || c == '[';
    boolean closes = c == '}' || c == ']';
    if (closes && pretty) {
      level--;
      boolean empty = dense.charAt(at - 1) == (c == '}' ? '{' : '[');
      newLine(!empty);
    }
    text.append(c);
    if (opens && pretty) {
      level++;
      char next = dense.charAt(at + 1);
      newLine(next != '}' && next != ']');
    } else if (c == ',') {
      newLine(pretty);
    } else if (c == ':' && pretty) {
      text.append(' ');
    }
  }

  private void newLine(boolean wanted) {
    if (wanted) {
      text.append('\n').append("    ".repeat(level));
    }
  }
}
