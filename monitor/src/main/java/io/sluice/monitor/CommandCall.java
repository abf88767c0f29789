package io.sluice.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.protocol.CephJson;
import io.sluice.protocol.Errno;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;

/**
 * One user's command: the JSON object that {@code ceph} sends, and what the monitor knows while it
 * runs.
 *
 * <p>Accessors of arguments throw {@link CommandException} with -EINVAL and a line that names the
 * argument.
 */
final class CommandCall {
  static final JsonMapper JSON = new JsonMapper();

  private final JsonNode args;
  private final MonContext context;
  private final byte[] input;
  private final Caller from;

  /** A question that the monitor asks itself. */
  CommandCall(String json, byte[] input, MonContext context) {
    this(json, input, Caller.SELF, context);
  }

  CommandCall(String json, byte[] input, Caller from, MonContext context) {
    this.context = context;
    this.input = input;
    this.from = from;
    try {
      args = JSON.readTree(json);
    } catch (JsonProcessingException e) {
      throw new CommandException(Errno.EINVAL, "command is not JSON: " + e.getOriginalMessage());
    }
    if (args == null || !args.isObject() || !args.path("prefix").isTextual()) {
      throw new CommandException(Errno.EINVAL, "command is no JSON object with a prefix");
    }
  }

  String prefix() {
    return args.get("prefix").asText();
  }

  /** Who asks. */
  Caller from() {
    return from;
  }

  MonContext context() {
    return context;
  }

  MonState state() {
    return context.state();
  }

  byte[] input() {
    return input;
  }

  /**
   * Refuses the one format of Ceph that nobody writes here.
   *
   * @throws CommandException EOPNOTSUPP
   */
  void checkFormat() {
    String format = args.path("format").asText("plain");
    if (format.startsWith("xml")) {
      throw new CommandException(
          Errno.EOPNOTSUPP, "format '" + format + "' is not supported: use json or json-pretty");
    }
  }

  boolean wantsJson() {
    return args.path("format").asText("plain").startsWith("json");
  }

  /** The JSON output in the format asked for: where none is, it is for a reader's eyes. */
  CommandReply json(JsonNode node) {
    boolean line = args.path("format").asText().equals("json");
    return CommandReply.output(
        (line ? CephJson.line(dense(node)) : CephJson.pretty(dense(node))) + "\n");
  }

  /** The same, in one line where no format is asked for: a few of Ceph's are for programs. */
  CommandReply jsonForPrograms(JsonNode node) {
    return args.path("format").asText().equals("json-pretty") ? json(node) : jsonLine(node);
  }

  /** The same for programs, which ask for no format. */
  static CommandReply jsonLine(JsonNode node) {
    return CommandReply.output(CephJson.line(dense(node)) + "\n");
  }

  private static String dense(JsonNode node) {
    try {
      return JSON.writeValueAsString(node);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree that does not become JSON", e);
    }
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  boolean has(String name) {
    return args.has(name);
  }

  String text(String name) {
    JsonNode value = args.path(name);
    if (!value.isValueNode() || value.isNull()) {
      throw new CommandException(Errno.EINVAL, prefix() + ": missing argument '" + name + "'");
    }
    return value.asText();
  }

  String text(String name, String otherwise) {
    return has(name) ? text(name) : otherwise;
  }

  int number(String name, int otherwise) {
    return has(name) ? parse(name, text(name)) : otherwise;
  }

  int parse(String name, String value) {
    try {
      return Integer.parseInt(value.strip());
    } catch (NumberFormatException e) {
      throw new CommandException(
          Errno.EINVAL, prefix() + ": " + name + " '" + value + "' is not a number");
    }
  }

  /** A share of 0 to 1; empty for anything else. */
  OptionalDouble share(String name) {
    try {
      double share = Double.parseDouble(text(name));
      return share >= 0 && share <= 1 ? OptionalDouble.of(share) : OptionalDouble.empty();
    } catch (NumberFormatException e) {
      return OptionalDouble.empty();
    }
  }

  boolean flag(String name) {
    JsonNode value = args.path(name);
    return value.asBoolean(false) || value.asText().startsWith("--");
  }

  /** A list argument; one value counts as a list of one. */
  List<String> texts(String name) {
    JsonNode value = args.path(name);
    if (!value.isArray()) {
      return List.of(text(name));
    }
    List<String> texts = new ArrayList<>();
    value.forEach(each -> texts.add(each.asText()));
    return texts;
  }

  @Override
  public String toString() {
    return args.toString();
  }
}
