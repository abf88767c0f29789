package io.sluice.osd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sluice.messenger.Connection;
import io.sluice.protocol.CephJson;
import io.sluice.protocol.Errno;
import io.sluice.protocol.MCommand;
import io.sluice.protocol.MCommandReply;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What an OSD answers to {@code ceph tell osd.N ...} and {@code ceph pg PG query}: one table of
 * commands, most of which only look.
 *
 * <p><b>Threads:</b> any.
 */
final class DaemonCommands {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonCommands.class);
  private static final ObjectMapper JSON = new ObjectMapper();

  /** What a command came to. */
  record Answer(int result, String status, byte[] output) {
    static Answer refused(Errno errno, String why) {
      return new Answer(errno.result(), why, new byte[0]);
    }
  }

  /**
   * Takes the arguments; gives what becomes JSON, an {@link Answer}, or null when there is no such
   * thing: ENOENT.
   */
  record Command(List<Object> signature, String help, Function<JsonNode, Object> body) {}

  private final Map<String, Command> byPrefix = new TreeMap<>();

  DaemonCommands() {
    add("get_command_descriptions", "list available commands", arguments -> descriptions());
  }

  /** A command without arguments. */
  void add(String prefix, String help, Function<JsonNode, Object> body) {
    add(prefix, List.copyOf(List.of((Object[]) prefix.split(" "))), help, body);
  }

  void add(String prefix, List<Object> signature, String help, Function<JsonNode, Object> body) {
    byPrefix.put(prefix, new Command(signature, help, body));
  }

  /** A command of Ceph's that is refused, and why is said; any arguments. */
  void refuse(String prefix, Errno errno, String why) {
    List<Object> signature = new ArrayList<>(List.of((Object[]) prefix.split(" ")));
    signature.add(parameter("arguments", "CephString", "req", "false", "n", "N"));
    add(prefix, signature, "not here: " + why, arguments -> Answer.refused(errno, why));
  }

  /** Names and help of all commands. */
  Map<String, String> help() {
    Map<String, String> all = new LinkedHashMap<>();
    byPrefix.forEach((prefix, command) -> all.put(prefix, command.help()));
    return all;
  }

  /** The words and parameters of a command. */
  List<Object> signature(String prefix) {
    return byPrefix.get(prefix).signature();
  }

  /** What a command gives. */
  Object run(String prefix, JsonNode arguments) {
    Object found = byPrefix.get(prefix).body().apply(arguments);
    return found instanceof Answer refused ? Map.of("error", refused.status()) : found;
  }

  private Map<String, Object> descriptions() {
    Map<String, Object> all = new LinkedHashMap<>();
    for (Command command : byPrefix.values()) {
      Map<String, Object> one = new LinkedHashMap<>();
      one.put("sig", command.signature());
      one.put("help", command.help());
      one.put("module", "osd");
      one.put("perm", "r");
      one.put("flags", 0);
      all.put(String.format("cmd%03d", all.size()), one);
    }
    return all;
  }

  void answer(Connection connection, MCommand request) {
    Answer answer = answer(String.join(" ", request.words()));
    connection.send(
        new MCommandReply(request.tid(), answer.result(), answer.status())
            .toEnvelope(answer.output()));
  }

  /** What a command comes to, as it was typed: one JSON object. */
  Answer answer(String words) {
    try {
      JsonNode arguments = JSON.readTree(words);
      String prefix = arguments.path("prefix").asText("");
      String format = arguments.path("format").asText("");
      Command command = byPrefix.get(prefix);
      if (command == null) {
        return Answer.refused(Errno.EINVAL, "command not known to this OSD: '" + prefix + "'");
      }
      if (format.startsWith("xml")) {
        return Answer.refused(
            Errno.EOPNOTSUPP, "format '" + format + "' is not supported: use json or json-pretty");
      }
      Object found = command.body().apply(arguments);
      if (found == null) {
        return Answer.refused(Errno.ENOENT, "there is no such thing on this OSD");
      }
      if (found instanceof Answer answer) {
        return answer;
      }
      String dense = JSON.writeValueAsString(found);
      String text = format.equals("json") ? CephJson.line(dense) : CephJson.pretty(dense);
      return new Answer(0, "", (text + "\n").getBytes(StandardCharsets.UTF_8));
    } catch (JsonProcessingException e) {
      return Answer.refused(Errno.EINVAL, "a command is one JSON object");
    } catch (RuntimeException e) {
      LOG.warn("{} failed", words, e);
      return Answer.refused(Errno.EIO, "the OSD failed on this command, see its log: " + e);
    }
  }

  /** A parameter of a signature. */
  static Map<String, Object> parameter(String name, String type, String... more) {
    Map<String, Object> parameter = new LinkedHashMap<>();
    parameter.put("name", name);
    parameter.put("type", type);
    List<String> pairs = new ArrayList<>(List.of(more));
    for (int i = 0; i + 1 < pairs.size(); i += 2) {
      parameter.put(pairs.get(i), pairs.get(i + 1));
    }
    return parameter;
  }
}
