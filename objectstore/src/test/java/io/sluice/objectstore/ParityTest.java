package io.sluice.objectstore;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** The table of Ceph's tests and ours names tests that there are. */
class ParityTest {
  private static final Path TABLE = Path.of("..", "docs", "objectstore-parity.md");
  private static final int CEPH_TESTS = 107;
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)\\.(should\\w+)`");

  @Test
  void shouldNameTestsThatExistForEachOfCephs() throws Exception {
    Set<String> names = new HashSet<>();
    List<String> missing = new ArrayList<>();
    for (String line : rows()) {
      String[] cells = line.split("\\|");
      names.add(cells[1].strip());
      assertThat(cells[3].strip()).as(line).isNotEmpty();
      Matcher named = NAMED.matcher(cells[3]);
      while (named.find()) {
        if (!exists(named.group(1), named.group(2))) {
          missing.add(named.group());
        }
      }
    }
    assertThat(missing).isEmpty();
    assertThat(names).hasSize(CEPH_TESTS);
  }

  private static List<String> rows() throws IOException {
    return Files.readAllLines(TABLE).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| Ceph "))
        .toList();
  }

  private static boolean exists(String type, String method) {
    try {
      return Arrays.stream(Class.forName("io.sluice.objectstore." + type).getDeclaredMethods())
          .anyMatch(
              each ->
                  each.getName().equals(method)
                      && AnnotationSupport.isAnnotated(each, Testable.class));
    } catch (ClassNotFoundException e) {
      return false;
    }
  }
}
