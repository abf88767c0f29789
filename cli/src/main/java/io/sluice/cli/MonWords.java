package io.sluice.cli;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Turns the words of a monitor's or a daemon's command, {@code osd pool create p 32}, into the JSON
 * that it takes, with the command table that it gives.
 *
 * <p>The longest command whose fixed words begin the line wins; the rest are its arguments in
 * order; {@code --some-flag} sets the argument {@code some_flag}. (ceph: ceph_argparse.py)
 */
final class MonWords {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final JsonNode table;

  /**
   * @param table the answer to {@code get_command_descriptions}
   */
  MonWords(JsonNode table) {
    this.table = table;
  }

  /** The JSON of a command line. */
  String toJson(List<String> words, String format) {
    List<String> plain = words.stream().filter(word -> !word.startsWith("--")).toList();
    JsonNode best = null;
    for (JsonNode command : table) {
      JsonNode sig = command.path("sig");
      if (begins(plain, sig) && (best == null || fixed(sig) > fixed(best))) {
        best = sig;
      }
    }
    if (best == null) {
      throw CommandFailure.usage(
          "no command '" + String.join(" ", words) + "'" + suggestion(words));
    }
    ObjectNode json = JSON.createObjectNode();
    json.put("prefix", String.join(" ", plain.subList(0, fixed(best))));
    arguments(json, best, plain.subList(fixed(best), plain.size()));
    flags(json, best, words);
    if (format != null) {
      json.put("format", format);
    }
    return json.toString();
  }

  private static int fixed(JsonNode sig) {
    int count = 0;
    while (sig.path(count).isTextual()) {
      count++;
    }
    return count;
  }

  private static boolean begins(List<String> words, JsonNode sig) {
    int count = fixed(sig);
    if (count == 0 || words.size() < count) {
      return false;
    }
    for (int i = 0; i < count; i++) {
      if (!sig.get(i).asText().equals(words.get(i))) {
        return false;
      }
    }
    return true;
  }

  private String suggestion(List<String> words) {
    Set<String> near = new TreeSet<>();
    for (JsonNode command : table) {
      JsonNode sig = command.path("sig");
      if (sig.path(0).asText().equals(words.get(0)) && fixed(sig) > 1) {
        near.add(sig.get(1).asText());
      }
    }
    return near.isEmpty() ? "" : "; after '" + words.get(0) + "' comes " + String.join(", ", near);
  }

  private static String usage(JsonNode sig) {
    StringBuilder text = new StringBuilder();
    for (JsonNode part : sig) {
      String word = part.isTextual() ? part.asText() : "<" + part.path("name").asText() + ">";
      boolean optional = !part.isTextual() && !part.path("req").asBoolean(true);
      text.append(text.isEmpty() ? "" : " ").append(optional ? "[" + word + "]" : word);
    }
    return text.toString();
  }

  private static void arguments(ObjectNode json, JsonNode sig, List<String> values) {
    int used = 0;
    for (JsonNode part : sig) {
      if (part.isTextual() || isFlag(part)) {
        continue;
      }
      String name = part.path("name").asText();
      boolean list = part.path("n").asText().equals("N");
      if (used == values.size()) {
        if (part.path("req").asBoolean(true)) {
          throw CommandFailure.usage(name + " is missing: " + usage(sig));
        }
        continue;
      }
      if (list) {
        ArrayNode all = json.putArray(name);
        values.subList(used, values.size()).forEach(all::add);
        used = values.size();
      } else {
        put(json, name, part.path("type").asText(), values.get(used++));
      }
    }
    if (used < values.size()) {
      throw CommandFailure.usage("'" + values.get(used) + "' is too much: " + usage(sig));
    }
  }

  private static boolean isFlag(JsonNode part) {
    return part.path("type").asText().equals("CephBool")
        || part.path("strings").asText().startsWith("--");
  }

  private static void put(ObjectNode json, String name, String type, String value) {
    if (type.equals("CephInt")) {
      try {
        json.put(name, Long.parseLong(value));
      } catch (NumberFormatException e) {
        throw CommandFailure.usage(name + " must be a number, not '" + value + "'");
      }
    } else {
      json.put(name, value);
    }
  }

  private static void flags(ObjectNode json, JsonNode sig, List<String> words) {
    for (String word : words) {
      if (!word.startsWith("--")) {
        continue;
      }
      String name = word.substring(2).replace('-', '_');
      JsonNode found = null;
      for (JsonNode part : sig) {
        if (!part.isTextual()
            && (part.path("name").asText().equals(name)
                || part.path("strings").asText().contains(word))) {
          found = part;
        }
      }
      if (found == null) {
        throw CommandFailure.usage("no option " + word + ": " + usage(sig));
      }
      if (found.path("type").asText().equals("CephBool")) {
        json.put(found.path("name").asText(), true);
      } else {
        json.put(found.path("name").asText(), word);
      }
    }
  }
}
