package io.sluice.osd;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * {@code perf schema}: what kind of number each of {@code perf dump} is, under the same names.
 * (ceph: PerfCountersCollection)
 */
public final class PerfSchema {
  /** Ceph's bits of a counter's type: an integer that only grows, and a count with its sum. */
  private static final int COUNTER = 10;

  private static final int GAUGE = 2;
  private static final int AVERAGE = 5;

  /** Sections of what is now, whatever it is called. */
  private static final Set<String> NOW = Set.of("pgs", "op_latency_percentiles");

  /** What is now, in any section. */
  private static final Pattern GAUGES =
      Pattern.compile(
          "numpg.*|stat_.*|slow_ops|collections|total_bytes|free_bytes|ballast_bytes"
              + "|.*_(in_use|pooled|max|peak|waiting|now|wip|wip_bytes|queue|in_flight|cache_bytes)"
              + "|threads|(heap_.*|resident|uptime)_(bytes|seconds)");

  private PerfSchema() {}

  static Map<String, Object> of(Map<String, ?> dump) {
    Map<String, Object> schema = new LinkedHashMap<>();
    dump.forEach((name, value) -> schema.put(name, of("", name, value)));
    return schema;
  }

  /**
   * False for what only grows while the daemon lives.
   *
   * @param section of {@code perf dump}, or the map in one, that it is in
   */
  public static boolean isGauge(String section, String name) {
    return NOW.contains(section)
        || GAUGES.matcher(name).matches()
        || section.equals("jvm") && name.equals("direct_bytes"); // zerocopy's is a sum
  }

  private static Object of(String section, String name, Object value) {
    if (value instanceof Map<?, ?> map && !map.containsKey("avgcount")) {
      Map<String, Object> schema = new LinkedHashMap<>();
      map.forEach((key, each) -> schema.put(key.toString(), of(name, key.toString(), each)));
      return schema;
    }
    boolean average = value instanceof Map;
    boolean now = isGauge(section, name);
    Map<String, Object> schema = new LinkedHashMap<>();
    schema.put("type", average ? AVERAGE : now ? GAUGE : COUNTER);
    schema.put("metric_type", average || now ? "gauge" : "counter");
    schema.put("value_type", average ? "real-integer-pair" : "integer");
    schema.put("description", "");
    schema.put("nick", "");
    schema.put("priority", 0);
    schema.put("units", name.contains("bytes") ? "bytes" : "none");
    return schema;
  }
}
