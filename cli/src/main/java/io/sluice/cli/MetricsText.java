package io.sluice.cli;

import java.util.Map;
import java.util.TreeMap;

/**
 * Counters in Prometheus' text format: what {@code perf dump} says, each number under {@code
 * ceph_SECTION_NAME} where Ceph has that section, under {@code sluice_SECTION_NAME} where not.
 *
 * <p>An average ({@code {avgcount, sum, avgtime}}) becomes {@code NAME_count} and {@code NAME_sum},
 * as Ceph's exporter does it; with {@code NAME_bucket} it is a histogram. Texts and lists are left
 * out.
 */
final class MetricsText {
  /** Payload owners are one per connection and group: too many for labels. */
  private static final String OWNERS = "owners";

  private final Map<String, String> lines = new TreeMap<>();
  private final Map<String, Map<Double, Long>> buckets = new TreeMap<>();

  /** Ready-made names with their labels. */
  MetricsText add(Map<String, Number> metrics) {
    metrics.forEach((name, value) -> lines.put(name, number(value)));
    return this;
  }

  MetricsText addPerf(String daemon, Map<String, ?> perf) {
    perf.forEach(
        (section, value) -> {
          String owner = section.equals("osd") || section.equals("mon") ? "ceph_" : "sluice_";
          add(owner + section, "{ceph_daemon=\"" + daemon + "\"}", value);
        });
    return this;
  }

  /**
   * An average that was added is a histogram, too.
   *
   * @param counts values to how many were less, ascending
   */
  MetricsText addBuckets(String name, Map<Double, Long> counts) {
    buckets.put(name, counts);
    return this;
  }

  private void add(String name, String label, Object value) {
    if (value instanceof Number number) {
      lines.put(clean(name) + label, number(number));
    } else if (value instanceof Map<?, ?> map) {
      boolean average = map.containsKey("avgcount") && map.containsKey("sum");
      map.forEach(
          (key, each) -> {
            if (average && key.equals("avgcount")) {
              add(name + "_count", label, each);
            } else if (!(average && key.equals("avgtime")) && !key.equals(OWNERS)) {
              add(name + "_" + key, label, each);
            }
          });
    }
  }

  private static String clean(String name) {
    return name.replaceAll("[^a-zA-Z0-9_]", "_");
  }

  private static String number(Number value) {
    return value instanceof Double || value instanceof Float
        ? Double.toString(value.doubleValue())
        : Long.toString(value.longValue());
  }

  @Override
  public String toString() {
    StringBuilder text = new StringBuilder();
    String last = "";
    for (Map.Entry<String, String> line : lines.entrySet()) {
      String name = line.getKey().split("\\{")[0];
      Map<Double, Long> counts = buckets.get(name.replaceAll("_(count|sum)$", ""));
      if (counts != null) {
        if (name.endsWith("_count")) {
          appendHistogram(text, line.getKey(), counts);
        }
        continue;
      }
      if (!name.equals(last)) {
        text.append("# TYPE ").append(name).append(" untyped\n");
        last = name;
      }
      text.append(line.getKey()).append(' ').append(line.getValue()).append('\n');
    }
    return text.toString();
  }

  private void appendHistogram(StringBuilder text, String countName, Map<Double, Long> counts) {
    String name = countName.split("_count")[0];
    String label = countName.substring(countName.indexOf('{'), countName.length() - 1);
    text.append("# TYPE ").append(name).append(" histogram\n");
    String bucket = name + "_bucket" + label + ",le=\"";
    counts.forEach((end, count) -> text.append(bucket + end + "\"} " + count).append('\n'));
    text.append(bucket + "+Inf\"} " + lines.get(countName)).append('\n');
    for (String part : new String[] {"_sum", "_count"}) {
      String full = name + part + label + "}";
      text.append(full).append(' ').append(lines.get(full)).append('\n');
    }
  }
}
