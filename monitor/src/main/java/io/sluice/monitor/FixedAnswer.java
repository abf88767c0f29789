package io.sluice.monitor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sluice.protocol.Errno;

/** Commands whose answer is always the same: what Sluice has none of, or will not do. */
final class FixedAnswer {
  private FixedAnswer() {}

  /** Refused, and why is said. */
  static Commands.Command refuse(Errno errno, String why, String signature) {
    return Commands.Command.read(
        signature,
        "not here: " + why,
        call -> {
          throw new CommandException(errno, why);
        });
  }

  /** A text, which may be empty, with the line that goes with it. */
  static Commands.Command text(String signature, String help, String output, String status) {
    return Commands.Command.read(
        signature, help, call -> new CommandReply(0, status, CommandReply.output(output).output()));
  }

  /** JSON in whatever format is asked for. */
  static Commands.Command json(String signature, String help, String answer) {
    JsonNode node = parsed(answer);
    return Commands.Command.read(signature, help, call -> call.json(node));
  }

  /** The layout of that name; a text of its own where JSON is not asked for. */
  static Commands.Command layout(String prefix, String help, String text) {
    return layout(prefix, help, Layouts.any(prefix).toString(), text);
  }

  /** The layout of that name in whatever format is asked for. */
  static Commands.Command layout(String prefix, String help) {
    return json(prefix, help, Layouts.any(prefix).toString());
  }

  /** JSON, and a text where it is not asked for. */
  static Commands.Command layout(String signature, String help, String json, String text) {
    JsonNode node = parsed(json);
    return Commands.Command.read(
        signature, help, call -> call.wantsJson() ? call.json(node) : CommandReply.output(text));
  }

  private static JsonNode parsed(String text) {
    try {
      return CommandCall.JSON.readTree(text);
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("no JSON: " + text, e);
    }
  }
}
