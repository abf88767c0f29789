package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/**
 * Our names for Prometheus beside Ceph's. {@code pacific-metrics.txt} is what the Prometheus module
 * of Ceph 16.2.15's manager exported of a monitor and three OSDs with a pool, and what it declares
 * besides (of file systems, gateways and images there were none).
 */
class MetricNamesTest {
  private static final Path DOCUMENT = NamedTests.TOP.resolve("docs/observability.md");
  private static final Pattern ROW = Pattern.compile("\n\\| (`ceph_[^|]*) \\| ([^|\n]+) \\|");
  private static final Pattern NAME = Pattern.compile("`([^`]+)`");
  private static final String TITLE = "\n## What Ceph exports and Sluice does not\n";

  /** Name to type and labels. */
  private static Map<String, List<String>> recorded() throws IOException {
    Map<String, List<String>> all = new TreeMap<>();
    byte[] bytes = MetricNamesTest.class.getResourceAsStream("pacific-metrics.txt").readAllBytes();
    new String(bytes, StandardCharsets.UTF_8)
        .lines()
        .filter(line -> !line.startsWith("#"))
        .forEach(line -> all.put(line.split(" ")[0], List.of(line.split(" ")).subList(1, 3)));
    return all;
  }

  /** Patterns of names that the document gives a reason for. */
  private static List<String> reasoned() throws IOException {
    String text = Files.readString(DOCUMENT);
    assertThat(text).contains(TITLE);
    List<String> names = new ArrayList<>();
    ROW.matcher(text.substring(text.indexOf(TITLE)))
        .results()
        .forEach(
            row ->
                NAME.matcher(row.group(1))
                    .results()
                    .map((MatchResult r) -> r.group(1))
                    .forEach(names::add));
    return names;
  }

  private static boolean fits(String name, String pattern) {
    return name.matches(pattern.replace("*", ".*"));
  }

  @Test
  void shouldExportCephsNamesWithCephsTypesAndLabels() throws IOException {
    Map<String, List<String>> ceph = recorded();
    MetricNames.all()
        .forEach(
            (name, metric) -> {
              if (!name.startsWith("sluice_")) {
                assertThat(ceph).containsKey(name);
                assertThat(metric.type()).as(name).isEqualTo(ceph.get(name).get(0));
                String labels = ceph.get(name).get(1);
                assertThat(metric.labels())
                    .as(name)
                    .containsExactlyInAnyOrder(
                        labels.equals("-") ? new String[0] : labels.split(","));
              }
            });
  }

  @Test
  void shouldSayWhyOfEachNameOfCephsThatIsNotExported() throws IOException {
    List<String> patterns = reasoned();
    for (String name : recorded().keySet()) {
      long reasons = patterns.stream().filter(pattern -> fits(name, pattern)).count();
      assertThat(reasons)
          .as("reasons in docs/observability.md not to export %s", name)
          .isEqualTo(MetricNames.of(name) == null ? 1 : 0);
    }
  }

  @Test
  void shouldGiveNoReasonForNamesThatCephDoesNotHave() throws IOException {
    Map<String, List<String>> ceph = recorded();
    for (String pattern : reasoned()) {
      assertThat(ceph.keySet()).as(pattern).anyMatch(name -> fits(name, pattern));
    }
  }
}
