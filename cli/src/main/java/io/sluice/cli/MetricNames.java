package io.sluice.cli;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The names under which daemons tell Prometheus what Ceph's manager tells of a Ceph cluster, and
 * those of ours that are no counter of {@code perf dump}: {@code metrics.txt}, a line each.
 *
 * <p><b>Invariant:</b> a name that begins with {@code ceph_} is one of Ceph 16.2.15, of the same
 * type and with the same labels (MetricNamesTest compares them with a recording).
 */
final class MetricNames {
  private static final String TABLE = "metrics.txt";
  private static final Map<String, Metric> ALL = read();

  /**
   * One metric.
   *
   * @param type counter, gauge or untyped, as Prometheus writes it
   * @param labels of each of its values, in any order
   */
  record Metric(String name, String type, List<String> labels, String help) {}

  private MetricNames() {}

  /** By name. */
  static Map<String, Metric> all() {
    return ALL;
  }

  /** Null when the table does not have it. */
  static Metric of(String name) {
    return ALL.get(name);
  }

  private static Map<String, Metric> read() {
    Map<String, Metric> all = new TreeMap<>();
    try (BufferedReader lines =
        new BufferedReader(
            new InputStreamReader(
                MetricNames.class.getResourceAsStream(TABLE), StandardCharsets.UTF_8))) {
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        if (!line.startsWith("#")) {
          String[] words = line.split(" ", 4);
          List<String> labels = words[2].equals("-") ? List.of() : List.of(words[2].split(","));
          all.put(words[0], new Metric(words[0], words[1], labels, words[3]));
        }
      }
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return all;
  }
}
