package io.sluice.bufferlist;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/**
 * What the pages about bufferlist name exists, the list of Ceph's tests is whole, and the threshold
 * that was measured is the one in the code.
 */
class DocsTest {
  private static final Path DOCS = Path.of("../docs");

  /** Of Octopus 15.2.17, by group: 104. */
  private static final Map<String, Integer> OCTOPUS =
      Map.of(
          "Buffer", 2,
          "BufferRaw", 1,
          "BufferPtr", 20,
          "BufferListIterator", 19,
          "BufferListConstIterator", 1,
          "BufferList", 60,
          "BufferHash", 1);

  private static final int RAW_PIPE = 14;

  /** {@code ClassTest}, {@code ClassTest.shouldDoThis}, or the latter's second half alone. */
  private static final Pattern NAMED =
      Pattern.compile("`(?:(\\w+(?:Test|Properties|Benchmark))(?:\\.(\\w+)\\*?)?|(should\\w+))`");

  /** {@code Type}, {@code Type.member}, {@code member}: of the code. */
  private static final Pattern CODE =
      Pattern.compile("`(?:([A-Z]\\w+)(?:\\.(\\w+))?|([a-z]\\w+))(?:\\([^`]*\\))?`");

  private static Map<String, String> sources() throws IOException {
    Map<String, String> sources = new TreeMap<>();
    for (String place :
        new String[] {"src/main/java", "src/test/java", "../benchmarks/src/main/java"}) {
      try (Stream<Path> files = Files.walk(Path.of(place))) {
        for (Path file : files.filter(f -> f.toString().endsWith(".java")).toList()) {
          String name = file.getFileName().toString().replace(".java", "");
          sources.put(name, Files.readString(file));
        }
      }
    }
    return sources;
  }

  /**
   * @param usual class of a method named without one
   */
  private static List<String> missing(String page, String usual) throws IOException {
    Map<String, String> tests = sources();
    List<String> missing = new ArrayList<>();
    for (String line : Files.readAllLines(DOCS.resolve(page))) {
      Matcher named = NAMED.matcher(line);
      String type = usual;
      while (named.find()) {
        type = named.group(1) == null ? type : named.group(1);
        String method = named.group(1) == null ? named.group(3) : named.group(2);
        String source = tests.get(type);
        boolean there =
            source != null
                && (method == null
                    || Pattern.compile("\\b" + method + "\\w*\\(").matcher(source).find());
        if (!there) {
          missing.add(type + (method == null ? "" : "." + method));
        }
      }
    }
    return missing;
  }

  @Test
  void shouldNameOnlyTestsThatExist() throws IOException {
    assertThat(missing("bufferlist-parity.md", "none")).isEmpty();
    assertThat(missing("bufferlist.md", "KernelFactsTest")).isEmpty();
  }

  private static boolean isWordOf(String word, String text) {
    return text != null && Pattern.compile("\\b" + word + "\\w*\\b").matcher(text).find();
  }

  @Test
  void shouldNameOnlyWhatIsInTheCode() throws IOException {
    Map<String, String> sources = sources();
    String all = String.join("\n", sources.values());
    TreeSet<String> missing = new TreeSet<>();
    for (String page : new String[] {"bufferlist-parity.md", "bufferlist.md"}) {
      Matcher named = CODE.matcher(Files.readString(DOCS.resolve(page)));
      while (named.find()) {
        boolean there =
            named.group(2) != null
                ? isWordOf(named.group(2), sources.get(named.group(1)))
                : isWordOf(named.group(1) == null ? named.group(3) : named.group(1), all);
        if (!there) {
          missing.add(named.group());
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  @Test
  void shouldTakePipesFromTheSizeThatThePageOfMeasurementsNames() throws IOException {
    Matcher named =
        Pattern.compile("the code takes pipes from (\\d+) KiB on")
            .matcher(Files.readString(DOCS.resolve("bufferlist-benchmarks.md")));
    assertThat(named.find()).isTrue();
    assertThat(Integer.parseInt(named.group(1)) << 10).isEqualTo(SpliceReader.PIPES_FROM);
  }

  @Test
  void shouldHaveALineForEachOfCephsTests() throws IOException {
    Pattern row = Pattern.compile("\\| (\\w+)\\.(\\w+) \\|.*\\|.*\\|");
    Map<String, TreeSet<String>> groups = new TreeMap<>();
    for (String line : Files.readAllLines(DOCS.resolve("bufferlist-parity.md"))) {
      Matcher test = row.matcher(line);
      if (test.matches()) {
        boolean first =
            groups.computeIfAbsent(test.group(1), g -> new TreeSet<>()).add(test.group(2));
        assertThat(first).as("listed twice: " + line).isTrue();
      }
    }
    int rawPipe = groups.remove("TestRawPipe").size();
    assertThat(rawPipe).isEqualTo(RAW_PIPE);
    assertThat(
            groups.entrySet().stream()
                .collect(Collectors.toMap(Map.Entry::getKey, e -> e.getValue().size())))
        .isEqualTo(OCTOPUS);
  }

  @Test
  void shouldProveEachKernelFactWithATestOfItsOwn() throws IOException {
    String page = Files.readString(DOCS.resolve("bufferlist.md"));
    TreeSet<String> unnamed = new TreeSet<>();
    Matcher test =
        Pattern.compile("void (should\\w+)\\(").matcher(sources().get("KernelFactsTest"));
    while (test.find()) {
      if (!page.contains(test.group(1))) {
        unnamed.add(test.group(1));
      }
    }
    assertThat(unnamed).as("facts that the page does not tell").isEmpty();
  }
}
