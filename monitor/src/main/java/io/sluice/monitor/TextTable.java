package io.sluice.monitor;

import java.util.ArrayList;
import java.util.List;

/**
 * Columns of text, aligned the way {@code ceph} does: numbers to the right, names to the left, two
 * spaces between.
 */
final class TextTable {
  private final List<String> titles = new ArrayList<>();
  private final List<Boolean> left = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  TextTable left(String title) {
    titles.add(title);
    left.add(true);
    return this;
  }

  TextTable right(String title) {
    titles.add(title);
    left.add(false);
    return this;
  }

  TextTable row(Object... cells) {
    List<String> row = new ArrayList<>();
    for (Object cell : cells) {
      row.add(String.valueOf(cell));
    }
    rows.add(row);
    return this;
  }

  @Override
  public String toString() {
    int[] widths = new int[titles.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = titles.get(i).length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], row.get(i).length());
      }
    }
    StringBuilder text = new StringBuilder();
    line(text, titles, widths);
    rows.forEach(row -> line(text, row, widths));
    return text.toString();
  }

  private void line(StringBuilder text, List<String> cells, int[] widths) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String pad = " ".repeat(widths[i] - cell.length());
      line.append(i == 0 ? "" : "  ").append(left.get(i) ? cell + pad : pad + cell);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
