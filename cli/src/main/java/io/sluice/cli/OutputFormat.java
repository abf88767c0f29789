package io.sluice.cli;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/** The option {@code --format} of commands that say something: for people, or as JSON. */
final class OutputFormat {
  private static final ObjectMapper JSON = new ObjectMapper();

  enum Format {
    PLAIN,
    JSON
  }

  @Option(
      names = {"-f", "--format"},
      scope = ScopeType.INHERIT,
      paramLabel = "plain|json",
      defaultValue = "plain",
      description = "of what it says (plain)")
  private Format format;

  boolean isJson() {
    return format == Format.JSON;
  }

  static String json(Object value) {
    try {
      return JSON.writeValueAsString(value);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("plain values that do not become JSON", e);
    }
  }

  static void printJson(Object value) {
    System.out.println(json(value));
  }
}
