package io.sluice.benchmarks;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;

/** Figures by name, a few of each; medians with spread. <b>Threads:</b> one. */
final class StoreResults {
  private final Map<String, List<Double>> figures = new TreeMap<>();
  private final StringBuilder table =
      new StringBuilder("| case | ours | peer | ratio | aim |\n|---|---|---|---|---|\n");

  void add(String name, double value) {
    figures.computeIfAbsent(name, missing -> new ArrayList<>()).add(value);
    System.err.printf(Locale.ROOT, "  %-18s %12.2f%n", name, value);
  }

  boolean has(String name) {
    return figures.containsKey(name);
  }

  double median(String name) {
    double[] sorted = sorted(name);
    int middle = sorted.length / 2;
    return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
  }

  private double[] sorted(String name) {
    return figures.get(name).stream().mapToDouble(Double::doubleValue).sorted().toArray();
  }

  private String text(String name, String unit) {
    double[] sorted = sorted(name);
    String format = median(name) < 10 ? "%.2f" : "%.0f";
    String spread =
        sorted.length == 1
            ? ""
            : String.format(
                Locale.ROOT,
                " (" + format + "-" + format + ")",
                sorted[0],
                sorted[sorted.length - 1]);
    return String.format(Locale.ROOT, format, median(name)) + spread + " " + unit;
  }

  /** A line of the table; nothing when there is no such figure, no ratio when there is no peer. */
  void line(String what, String ours, String peer, String unit, String aim) {
    if (!has(ours)) {
      return;
    }
    boolean both = peer != null && has(peer);
    String ratio = both ? String.format(Locale.ROOT, "%.2f", median(ours) / median(peer)) : "";
    table
        .append("| ")
        .append(what)
        .append(" | ")
        .append(text(ours, unit))
        .append(" | ")
        .append(both ? text(peer, unit) : "")
        .append(" | ")
        .append(ratio)
        .append(" | ")
        .append(aim)
        .append(" |\n");
  }

  String table() {
    return table.toString();
  }
}
