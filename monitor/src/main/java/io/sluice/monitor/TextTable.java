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
  private final List<Boolean> leftTitles = new ArrayList<>();
  private final List<List<String>> rows = new ArrayList<>();

  TextTable left(String title) {
    return column(title, true, true);
  }

  TextTable right(String title) {
    return column(title, false, false);
  }

  /** Cells to the right, below a title to the left. */
  TextTable under(String title) {
    return column(title, false, true);
  }

  private TextTable column(String title, boolean leftCells, boolean leftTitle) {
    titles.add(title);
    left.add(leftCells);
    leftTitles.add(leftTitle);
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
    line(text, titles, widths, leftTitles);
    rows.forEach(row -> line(text, row, widths, left));
    return text.toString();
  }

  private static void line(
      StringBuilder text, List<String> cells, int[] widths, List<Boolean> left) {
    StringBuilder line = new StringBuilder();
    for (int i = 0; i < widths.length; i++) {
      String cell = cells.get(i);
      String pad = " ".repeat(widths[i] - cell.length());
      line.append(i == 0 ? "" : "  ").append(left.get(i) ? cell + pad : pad + cell);
    }
    text.append(line.toString().stripTrailing()).append('\n');
  }
}
