package io.sluice.cli;

import io.sluice.osd.PerfSchema;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Counters in Prometheus' text format: what {@code perf dump} says, each number under {@code
 * ceph_SECTION_NAME} where Ceph exports it ({@link MetricNames}), else under {@code
 * sluice_SECTION_NAME}.
 *
 * <p>An average ({@code {avgcount, sum, avgtime}}) becomes {@code NAME_count} and {@code NAME_sum},
 * as Ceph's exporter does it. Texts and lists are left out.
 */
final class MetricsText {
  /** Payload owners are one per connection and group: too many for labels. */
  private static final String OWNERS = "owners";

  private final Map<String, Family> families = new TreeMap<>();

  /** All values of one name, as lines. */
  private record Family(String type, String help, List<String> lines) {}

  /** Ready-made names with their labels. */
  MetricsText add(Map<String, Number> metrics) {
    metrics.forEach(
        (series, value) -> {
          int brace = series.indexOf('{');
          String name = brace < 0 ? series : series.substring(0, brace);
          line(name, "untyped", name, series, value);
        });
    return this;
  }

  MetricsText addPerf(String daemon, Map<String, ?> perf) {
    String label = "{ceph_daemon=\"" + daemon + "\"}";
    perf.forEach(
        (section, value) -> add(section, section, value, "perf dump, section " + section, label));
    return this;
  }

  /**
   * A histogram of its own beside the average that has the same name in section osd.
   *
   * @param counts values to how many were less, ascending
   * @param average as {@code perf dump} has it
   */
  MetricsText addHistogram(
      String daemon, String average, Map<Double, Long> counts, Map<?, ?> values) {
    String name = "sluice_osd_" + average;
    String label = "{ceph_daemon=\"" + daemon + "\"";
    List<String> lines = new ArrayList<>();
    long all = ((Number) values.get("avgcount")).longValue();
    for (Map.Entry<Double, Long> bucket : counts.entrySet()) {
      all = Math.max(all, bucket.getValue()); // it was counted later than the average
      lines.add(name + "_bucket" + label + ",le=\"" + bucket.getKey() + "\"} " + bucket.getValue());
    }
    lines.add(name + "_bucket" + label + ",le=\"+Inf\"} " + all);
    lines.add(name + "_sum" + label + "} " + number((Number) values.get("sum")));
    lines.add(name + "_count" + label + "} " + all);
    families.put(name, new Family("histogram", "seconds, from 0.1 ms in doubles", lines));
    return this;
  }

  private void add(String section, String path, Object value, String help, String label) {
    if (!(value instanceof Map<?, ?> map)) {
      return;
    }
    boolean average = map.containsKey("avgcount") && map.containsKey("sum");
    map.forEach(
        (key, each) -> {
          String name = path + "_" + key;
          if (average) {
            addPart(path, key.toString(), each, help, label);
          } else if (each instanceof Number number) {
            String type = PerfSchema.isGauge(section, key.toString()) ? "gauge" : "counter";
            line(owned(name), type, help, owned(name) + label, number);
          } else if (!key.equals(OWNERS)) {
            add(key.toString(), name, each, help, label);
          }
        });
  }

  /** One of the numbers of an average. */
  private void addPart(String path, String key, Object value, String help, String label) {
    if (!key.equals("avgtime") && value instanceof Number number) {
      String name = owned(path + (key.equals("avgcount") ? "_count" : "_" + key));
      line(name, key.equals("max") ? "gauge" : "counter", help, name + label, number);
    }
  }

  /** Ceph's name where Ceph exports it, too. */
  private static String owned(String path) {
    String clean = path.replaceAll("[^a-zA-Z0-9_]", "_");
    return MetricNames.of("ceph_" + clean) == null ? "sluice_" + clean : "ceph_" + clean;
  }

  private void line(String name, String type, String help, String series, Number value) {
    MetricNames.Metric known = MetricNames.of(name);
    families
        .computeIfAbsent(
            name,
            n ->
                known == null
                    ? new Family(type, help, new ArrayList<>())
                    : new Family(known.type(), known.help(), new ArrayList<>()))
        .lines()
        .add(series + " " + number(value));
  }

  private static String number(Number value) {
    return value instanceof Double || value instanceof Float
        ? Double.toString(value.doubleValue())
        : Long.toString(value.longValue());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    families.forEach(
        (name, family) -> {
          text.append("# HELP ").append(name).append(' ').append(family.help()).append('\n');
          text.append("# TYPE ").append(name).append(' ').append(family.type()).append('\n');
          family.lines().forEach(line -> text.append(line).append('\n'));
        });
    return text.toString();
  }
}
