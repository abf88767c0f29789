package io.sluice.osd;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.ObjectWriter;
import com.fasterxml.jackson.databind.SerializationFeature;
import io.sluice.messenger.Connection;
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
 * commands, all of which only look.
 *
 * <p><b>Threads:</b> any.
 */
final class DaemonCommands {
  private static final Logger LOG = LoggerFactory.getLogger(DaemonCommands.class);
  private static final ObjectWriter JSON =
      new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT).writer();
  private static final ObjectMapper READER = new ObjectMapper();

  /** Takes the arguments; gives what becomes JSON, or null when there is no such thing: ENOENT. */
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

  /** Names and help of all commands. */
  Map<String, String> help() {
    Map<String, String> all = new LinkedHashMap<>();
    byPrefix.forEach((prefix, command) -> all.put(prefix, command.help()));
    return all;
  }

  /** What a command without arguments gives. */
  Object run(String prefix) {
    return byPrefix.get(prefix).body().apply(READER.createObjectNode());
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
    byte[] output = new byte[0];
    int result = 0;
    String status = "";
    try {
      JsonNode arguments = READER.readTree(String.join(" ", request.words()));
      String prefix = arguments.path("prefix").asText("");
      Command command = byPrefix.get(prefix);
      if (command == null) {
        result = Errno.EINVAL.result();
        status = "command not known to this OSD: '" + prefix + "'";
      } else {
        Object found = command.body().apply(arguments);
        if (found == null) {
          result = Errno.ENOENT.result();
          status = "there is no such thing on this OSD";
        } else {
          output = (JSON.writeValueAsString(found) + "\n").getBytes(StandardCharsets.UTF_8);
        }
      }
    } catch (JsonProcessingException e) {
      result = Errno.EINVAL.result();
      status = "a command is one JSON object";
    } catch (RuntimeException e) {
      LOG.warn("{} of {} failed", request, connection.peerName(), e);
      result = Errno.EIO.result();
      status = "the OSD failed on this command, see its log: " + e;
    }
    connection.send(new MCommandReply(request.tid(), result, status).toEnvelope(output));
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
