package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.cli.ClusterSpec.Daemon;
import java.io.IOException;
import java.util.Map;
import java.util.TreeMap;

/**
 * The {@code zerocopy} counters of all OSDs of a directory, added up.
 *
 * @param values by path, {@code cpu_copied_bytes/recv}
 */
record ZeroCopy(Map<String, Long> values) {
  private static final String COPIED = "cpu_copied_bytes/";
  private static final String READ = "cpu_read_bytes/";
  private static final String FALLBACKS = "fallbacks/";

  static ZeroCopy now(ClusterDir dir, ClusterSpec spec) throws IOException {
    Map<String, Long> sums = new TreeMap<>();
    ObjectMapper json = new ObjectMapper();
    for (Daemon osd : spec.osds()) {
      JsonNode dump = json.readTree(AdminClient.ask(dir.adminSocket(osd.name()), "perf dump"));
      JsonNode zerocopy = dump.path("zerocopy");
      ((ObjectNode) zerocopy).remove("owners"); // counted in the totals already
      add(sums, "", zerocopy);
    }
    return new ZeroCopy(sums);
  }

  private static void add(Map<String, Long> sums, String path, JsonNode node) {
    if (node.isNumber()) {
      sums.merge(path, node.asLong(), Long::sum);
    }
    node.properties()
        .forEach(
            field ->
                add(
                    sums,
                    path.isEmpty() ? field.getKey() : path + "/" + field.getKey(),
                    field.getValue()));
  }

  /** What happened since. */
  ZeroCopy since(ZeroCopy before) {
    Map<String, Long> difference = new TreeMap<>();
    values.forEach((path, value) -> difference.put(path, value - before.get(path)));
    return new ZeroCopy(difference);
  }

  long get(String path) {
    return values.getOrDefault(path, 0L);
  }

  private long sum(String prefix) {
    return values.entrySet().stream()
        .filter(e -> e.getKey().startsWith(prefix))
        .mapToLong(Map.Entry::getValue)
        .sum();
  }

  long copied() {
    return sum(COPIED);
  }

  long read() {
    return sum(READ);
  }

  /**
   * The report for people.
   *
   * @param payload bytes that all replicas together were given
   */
  String report(long payload) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "zero-copy report: %s of payload reached the OSDs (all replicas), integrity mode %s%n",
            size(payload), mode(payload)));
    line(text, "socket -> pipe -> disk (O_DIRECT), untouched", get("direct_bytes"), payload);
    line(text, "last partial blocks, read and padded", get("tail_bytes"), payload);
    line(text, "copied by a CPU", copied(), payload);
    parts(text, COPIED);
    line(text, "read by a CPU", read(), payload);
    parts(text, READ);
    values.forEach(
        (path, value) -> {
          if (path.startsWith(FALLBACKS) && value != 0) {
            text.append(
                String.format(
                    "    fallback %s: %d times%n", path.substring(FALLBACKS.length()), value));
          }
        });
    return text.toString();
  }

  private String mode(long payload) {
    if (read() == 0) {
      return "lazy (checksums came with the data, no byte was read)";
    }
    return read() < payload / 10 * 9
        ? "lazy, but for what had to go through memory, which was checked there"
        : "ingest (every byte was checked on arrival)";
  }

  private static void line(StringBuilder text, String what, long bytes, long payload) {
    double percent = payload == 0 ? 0 : 100.0 * bytes / payload;
    text.append(String.format("  %-46s %10s  %5.1f %%%n", what, size(bytes), percent));
  }

  private void parts(StringBuilder text, String prefix) {
    values.forEach(
        (path, value) -> {
          if (path.startsWith(prefix) && value != 0) {
            text.append(
                String.format("    %-44s %10s%n", path.substring(prefix.length()), size(value)));
          }
        });
  }

  static String size(long bytes) {
    if (bytes < 10_240) {
      return bytes + " B";
    }
    return bytes < 10L << 20
        ? String.format("%.1f KiB", bytes / 1024.0)
        : String.format("%.1f MiB", bytes / 1048576.0);
  }
}
