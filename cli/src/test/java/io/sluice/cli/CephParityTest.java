package io.sluice.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.PathMatcher;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The table of what Ceph's clients may ask names tests, of any module, that there are. */
class CephParityTest {
  private static final Path TOP = Path.of("..").toAbsolutePath().normalize();
  private static final Path TABLE = TOP.resolve("docs/ceph-parity.md");
  private static final Path SCRIPTS = TOP.resolve("cluster-tests/src/test/resources");
  private static final Pattern TEST = Pattern.compile("`([A-Z]\\w+)\\.(should\\w+)`");
  private static final Pattern SCRIPT = Pattern.compile("`librados\\.py#(\\w+)`");
  private static final Pattern VERB = Pattern.compile("`rados (\\w+)`");
  private static final int ROWS_MIN = 100;

  private static List<String> rows() throws IOException {
    return Files.readAllLines(TABLE).stream()
        .filter(line -> line.startsWith("| ") && !line.startsWith("| demand "))
        .toList();
  }

  /** A class of that name may be in more than one module. */
  private static List<String> sourcesOf(String type) throws IOException {
    PathMatcher name = FileSystems.getDefault().getPathMatcher("glob:**/" + type + ".java");
    List<String> found = new ArrayList<>();
    try (Stream<Path> modules = Files.list(TOP)) {
      for (Path module : modules.map(each -> each.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(module)) {
          try (Stream<Path> files = Files.walk(module)) {
            for (Path file : files.filter(name::matches).toList()) {
              found.add(Files.readString(file));
            }
          }
        }
      }
    }
    return found;
  }

  @Test
  void shouldNameTestsThatExist() throws IOException {
    List<String> missing = new ArrayList<>();
    Matcher named = TEST.matcher(Files.readString(TABLE));
    while (named.find()) {
      Pattern method = Pattern.compile("(void|boolean) " + named.group(2) + "\\(");
      if (sourcesOf(named.group(1)).stream().noneMatch(text -> method.matcher(text).find())) {
        missing.add(named.group());
      }
    }
    assertThat(missing).isEmpty();
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
