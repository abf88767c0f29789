package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The table of what Ceph's clients may ask names tests, of any module, that there are. */
class CephParityTest {
  private static final Path TABLE = NamedTests.TOP.resolve("docs/ceph-parity.md");
  private static final Path SCRIPTS = NamedTests.TOP.resolve("cluster-tests/src/test/resources");
  private static final Pattern SCRIPT = Pattern.compile("`librados\\.py#(\\w+)`");
  private static final Pattern VERB = Pattern.compile("`rados (\\w+)`");
  private static final int ROWS_MIN = 100;

  private static List<String> rows() throws IOException {
    return Files.readAllLines(TABLE).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| demand "))
        .toList();
  }

  @Test
  void shouldNameTestsThatExist() throws IOException {
    assertThat(new NamedTests().missing(Files.readString(TABLE))).isEmpty();
  }

  @Test
  void shouldShowSomethingForEveryDemand() throws IOException {
    assertThat(rows()).hasSizeGreaterThan(ROWS_MIN);
    for (String row : rows()) {
      assertThat(row.split("\\|")).as(row).hasSize(3);
      assertThat(row.split("\\|")[2].strip()).as(row).isNotEmpty();
    }
  }

  @Test
  void shouldRunWhatItSaysOfRadosAndLibrados() throws IOException {
    String script = Files.readString(SCRIPTS.resolve("librados.py"));
    String runs = script.substring(script.lastIndexOf("for part in ("));
    String verbs = Files.readString(SCRIPTS.resolve("rados-verbs.txt"));
    String table = Files.readString(TABLE);
    SCRIPT
        .matcher(table)
        .results()
        .forEach(each -> assertThat(runs).containsPattern("[( ]" + each.group(1) + "[,)]"));
    VERB.matcher(table)
        .results()
        .forEach(each -> assertThat(verbs).containsPattern(" " + each.group(1) + "( |\n)"));
  }
}
