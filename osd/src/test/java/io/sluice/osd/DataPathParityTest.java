package io.sluice.osd;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** Each claim about the data path names tests, of any module, and there are such tests. */
class DataPathParityTest {
  private static final Path TABLE = Path.of("..", "docs", "datapath-parity.md");
  private static final int CLAIMS_MIN = 50;
  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)\\.(should\\w+)`");

  /** By class; classes of one name in several modules together. */
  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new HashMap<>();
    try (Stream<Path> modules = Files.list(Path.of(".."))) {
      for (Path tests : modules.map(module -> module.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            files
                .filter(file -> file.toString().endsWith(".java"))
                .forEach(
                    file -> {
                      String name = file.getFileName().toString().replace(".java", "");
                      sources.merge(name, read(file), String::concat);
                    });
          }
        }
      }
    }
    return sources;
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static boolean isTest(String source, String method) {
    return source != null
        && Pattern.compile(
                "@(?:Test|ParameterizedTest|Property)\\b(?:(?!\\bvoid\\b)[\\s\\S])*\\bvoid "
                    + method
                    + "\\(")
            .matcher(source)
            .find();
  }

  @Test
  void shouldNameTestsThatExistForEachClaim() throws IOException {
    Map<String, String> sources = sources();
    List<String> missing = new ArrayList<>();
    int claims = 0;
    for (String line : Files.readAllLines(TABLE)) {
      if (!line.startsWith("| ") || line.startsWith("| Claim ")) {
        continue;
      }
      claims++;
      String[] cells = line.split("\\|");
      Matcher named = NAMED.matcher(cells[2]);
      int shown = 0;
      while (named.find()) {
        shown++;
        if (!isTest(sources.get(named.group(1)), named.group(2))) {
          missing.add(named.group());
        }
      }
      assertThat(shown).as("tests of the claim: " + cells[1]).isPositive();
    }
    assertThat(missing).isEmpty();
    assertThat(claims).isGreaterThanOrEqualTo(CLAIMS_MIN);
  }
}
