package io.sluice.client;

import io.sluice.types.AddrVec;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * A {@code ceph.conf}: sections of {@code key = value}, where blanks, dashes and underscores in
 * keys are the same and {@code #} or {@code ;} starts a comment.
 *
 * @param values by section, then by key with underscores
 */
public record CephConf(Map<String, Map<String, String>> values) {

  public static CephConf read(Path file) throws IOException {
    return parse(Files.readString(file));
  }

  public static CephConf parse(String text) {
    Map<String, Map<String, String>> values = new HashMap<>();
    String section = "global";
    for (String raw : text.split("\n")) {
      String line = withoutComment(raw).strip();
      int equals = line.indexOf('=');
      if (line.startsWith("[") && line.endsWith("]")) {
        section = line.substring(1, line.length() - 1).strip();
      } else if (equals > 0) {
        String key = canonical(line.substring(0, equals));
        values
            .computeIfAbsent(section, s -> new HashMap<>())
            .put(key, line.substring(equals + 1).strip());
      }
    }
    return new CephConf(values);
  }

  private static String withoutComment(String line) {
    for (int i = 0; i < line.length(); i++) {
      if (line.charAt(i) == '#' || line.charAt(i) == ';') {
        return line.substring(0, i);
      }
    }
    return line;
  }

  private static String canonical(String key) {
    return key.strip().toLowerCase(Locale.ROOT).replaceAll("[ \\-]+", "_");
  }

  /** The value in {@code [global]}, or null. */
  public String global(String key) {
    return values.getOrDefault("global", Map.of()).get(canonical(key));
  }

  /**
   * Where the monitors are.
   *
   * @throws IllegalArgumentException when the file does not say, or not in a form we understand
   */
  public List<AddrVec> monHosts() {
    String text = global("mon_host");
    if (text == null) {
      throw new IllegalArgumentException("there is no 'mon host' in [global]");
    }
    return MonHosts.parse(text);
  }
}
