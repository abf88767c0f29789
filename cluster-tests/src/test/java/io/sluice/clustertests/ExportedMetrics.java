package io.sluice.clustertests;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** Names, types and labels of what daemons tell Prometheus: {@code NAME TYPE LABEL,LABEL}. */
final class ExportedMetrics {
  private static final Pattern VALUE = Pattern.compile("(\\w+)(?:\\{(.*)\\})? \\S+");
  private static final Pattern LABEL = Pattern.compile("(\\w+)=\"(?:[^\"\\\\]|\\\\.)*\"");

  private ExportedMetrics() {}

  /** Those under Ceph's names, and those of ours that the table has. */
  static SortedSet<String> of(String text) throws IOException {
    SortedSet<String> table = table();
    SortedSet<String> all = new TreeSet<>();
    Map<String, String> types = new HashMap<>();
    for (String line : text.split("\n")) {
      String[] words = line.split(" ");
      Matcher value = VALUE.matcher(line);
      if (line.startsWith("# TYPE ")) {
        types.put(words[2], words[3]);
      } else if (value.matches()) {
        String name = value.group(1);
        String labels = value.group(2) == null ? "" : value.group(2);
        all.add(name + " " + types.get(name) + " " + labels(LABEL.matcher(labels)));
      }
    }
    all.removeIf(each -> !each.startsWith("ceph_") && !table.contains(each));
    return all;
  }

  private static String labels(Matcher in) {
    String names =
        in.results()
            .map((MatchResult each) -> each.group(1))
            .sorted()
            .collect(Collectors.joining(","));
    return names.isEmpty() ? "-" : names;
  }

  /** What the product says of itself; MetricNamesTest compares it with Ceph's. */
  static SortedSet<String> table() throws IOException {
    SortedSet<String> all = new TreeSet<>();
    try (InputStream in = ExportedMetrics.class.getResourceAsStream("/io/sluice/cli/metrics.txt")) {
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (!line.startsWith("#")) {
          String[] words = line.split(" ");
          String labels =
              Arrays.stream(words[2].split(",")).sorted().collect(Collectors.joining(","));
          all.add(words[0] + " " + words[1] + " " + labels);
        }
      }
    }
    return all;
  }
}
