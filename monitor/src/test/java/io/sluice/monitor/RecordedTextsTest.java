package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.MMonCommandAck;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.assertj.core.api.SoftAssertions;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What our commands print has lines of the shapes that real Ceph's have, as {@code
 * cluster-tests/compare-commands --record} has written them down: the same words around numbers,
 * names and times, which need not be the same, and no other lines.
 */
@ExtendWith(NoLeaks.class)
class RecordedTextsTest {
  /** What is not compared, and what stands for it; in this order. */
  private static final Map<Pattern, String> SHAPES = new LinkedHashMap<>();

  static {
    shape("^Error E[A-Z]+: ", ""); // what `ceph` puts before a refusal
    shape("(\"\\d+\\.[0-9a-f]+\",?)+", "GROUPS");
    shape("[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]{22}", "UUID");
    shape("\\[v2:[^\\]]*\\]", "ADDRESS");
    shape("\\d{4}-\\d\\d-\\d\\dT[\\d:.]+\\+0000", "TIME");
    shape("\\b(vm|host\\d+|h\\d)\\b", "HOST");
    shape("\\bhdd\\b", " "); // device classes: none here
    shape("\\b(bench|first|device_health_metrics)\\b", "POOL");
    shape("-?\\d+(\\.\\d+)? [KMGTP]?i?B\\b", "N");
    shape("(?<![\\w.])\\d+\\.[0-9a-f]+(?= |$)", "N");
    shape("\\b\\d+[kMGT]\\b", "N");
    shape("-?\\d+(\\.\\d+)?s?\\b", "N");
    shape("; [^;]* op/s$", ""); // where somebody works
    shape(" +", " ");
  }

  /** Lines that only one of them has, by command, with the reason. */
  private static final Map<String, Pattern> DIFFERENT = new LinkedHashMap<>();

  static {
    different("osd dump", "no devicehealth module, no balancer", "^pool 1 |require_min_compat");
    different("df", "no device classes", "^hdd");
    different("df detail", "no device classes", "^hdd");
    different("pg dump osds", "nobody keeps who pings whom", "^\\d");
    different("pg ls", "SINCE is an epoch, and the note has words of its own", "^\\d|NOTE");
    different("pg dump pools", "the note has words of its own", "NOTE");
  }

  private final MonitorBench bench = new MonitorBench();

  private static void shape(String pattern, String by) {
    SHAPES.put(Pattern.compile(pattern), by);
  }

  private static void different(String command, String reason, String pattern) {
    assertThat(reason).as(command).isNotBlank();
    DIFFERENT.put(command, Pattern.compile(pattern));
  }

  private static Map<String, List<String>> recording() throws IOException {
    Map<String, List<String>> texts = new LinkedHashMap<>();
    try (InputStream in = RecordedTextsTest.class.getResourceAsStream("pacific-texts.txt")) {
      List<String> lines = new ArrayList<>();
      for (String line : new String(in.readAllBytes(), StandardCharsets.UTF_8).split("\n")) {
        if (line.startsWith("## ")) {
          lines = new ArrayList<>();
          texts.put(line.substring(3), lines);
        } else if (!line.startsWith("# ")) {
          lines.add(line);
        }
      }
    }
    return texts;
  }

  private static Set<String> shapes(String command, Stream<String> lines) {
    Set<String> shapes = new LinkedHashSet<>();
    Pattern except = DIFFERENT.getOrDefault(command, Pattern.compile("\\b\\B"));
    for (String line : lines.toList()) {
      String shape = line;
      for (Map.Entry<Pattern, String> each : SHAPES.entrySet()) {
        shape = each.getKey().matcher(shape).replaceAll(each.getValue());
      }
      if (!shape.isBlank() && !except.matcher(line).find()) {
        shapes.add(shape.strip());
      }
    }
    return shapes;
  }

  @Test
  void shouldPrintLinesOfCephsShapes() throws IOException {
    for (int osd = 0; osd < 3; osd++) {
      bench.osd(osd);
    }
    TypedCommand.run(bench, "osd pool create first 8", null);
    TypedCommand.run(bench, "osd pool create bench 32", null);
    TypedCommand.run(bench, "osd pool application enable bench rados", null);
    Map<String, List<String>> recording = recording();
    assertThat(recording)
        .hasSizeGreaterThan(40)
        .containsKeys(DIFFERENT.keySet().toArray(new String[0]));
    SoftAssertions all = new SoftAssertions();
    recording.forEach(
        (command, lines) -> {
          MMonCommandAck ack = TypedCommand.run(bench, command, null);
          String text = new String(ack.output(), StandardCharsets.UTF_8) + "\n" + ack.status();
          all.assertThat(shapes(command, text.lines()))
              .as("lines of '%s', as Ceph's:\n%s", command, text)
              .containsExactlyInAnyOrderElementsOf(shapes(command, lines.stream()));
        });
    all.assertAll();
  }
}
