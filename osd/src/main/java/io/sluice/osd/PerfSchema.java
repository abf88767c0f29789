package io.sluice.osd;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * {@code perf schema}: what kind of number each of {@code perf dump} is, under the same names.
 * (ceph: PerfCountersCollection)
 */
final class PerfSchema {
  /** Ceph's bits of a counter's type: an integer that only grows, and a count with its sum. */
  private static final int COUNTER = 10;

  private static final int GAUGE = 2;
  private static final int AVERAGE = 5;

  private PerfSchema() {}

  static Map<String, Object> of(Map<String, ?> dump) {
    Map<String, Object> schema = new LinkedHashMap<>();
    dump.forEach((name, value) -> schema.put(name, of(name, value)));
    return schema;
  }

  private static Object of(String name, Object value) {
    if (value instanceof Map<?, ?> map && !map.containsKey("avgcount")) {
      Map<String, Object> schema = new LinkedHashMap<>();
      map.forEach((key, each) -> schema.put(key.toString(), of(key.toString(), each)));
      return schema;
    }
    boolean average = value instanceof Map;
    boolean now = name.matches(".*(_in_use|_pooled|_max|_waiting|_now|numpg.*|stat_.*)");
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
