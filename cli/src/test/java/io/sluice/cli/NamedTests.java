package io.sluice.cli;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** The tests of all modules, for documents that name them as {@code `Class.shouldDoSo`}. */
final class NamedTests {
  static final Path TOP = Path.of("..").toAbsolutePath().normalize();

  private static final Pattern NAMED = Pattern.compile("`([A-Z]\\w+)\\.(should\\w+)`");

  /** By class; classes of one name in several modules together. */
  private final Map<String, String> sources = new HashMap<>();

  NamedTests() throws IOException {
    try (Stream<Path> modules = Files.list(TOP)) {
      for (Path tests : modules.map(module -> module.resolve("src/test/java")).toList()) {
        if (Files.isDirectory(tests)) {
          try (Stream<Path> files = Files.walk(tests)) {
            files.filter(file -> file.toString().endsWith(".java")).forEach(this::add);
          }
        }
      }
    }
  }

  private void add(Path file) {
    try {
      String name = file.getFileName().toString().replace(".java", "");
      sources.merge(name, Files.readString(file), String::concat);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  /** How many tests a text names. */
  static long count(String text) {
    return NAMED.matcher(text).results().count();
  }

  /** Those that a text names, and that are no tests. */
  List<String> missing(String text) {
    return NAMED
        .matcher(text)
        .results()
        .filter(named -> !isTest(sources.get(named.group(1)), named.group(2)))
        .map(named -> named.group())
        .toList();
  }

  private static boolean isTest(String source, String method) {
    return source != null
        && Pattern.compile(
                "@(?:Test|ParameterizedTest|Property|FuzzTest)\\b(?:(?!\\b(?:void|boolean)\\b)[\\s\\S])*"
                    + "\\b(?:void|boolean) "
                    + method
                    + "\\(")
            .matcher(source)
            .find();
  }
}
