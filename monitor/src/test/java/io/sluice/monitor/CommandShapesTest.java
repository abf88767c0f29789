package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.MMonCommandAck;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * What our commands answer in JSON has the keys and types that real Ceph's have, as {@code
 * cluster-tests/compare-commands --record} has written them down.
 */
@ExtendWith(NoLeaks.class)
class CommandShapesTest {
  /** Where keys are names of things, which need not be the same. */
  private static final Pattern NAMES =
      Pattern.compile(
          ".*/(checks|options|incompat|application_metadata|stats_by_class|mon|mgr|osd|mds|overall)"
              + "|node ls.*|(mon|osd|mgr) (versions|count-metadata).*|versions .*|config-key dump "
              + "|osd pool application get .*");

  private final MonitorBench bench = new MonitorBench();

  private static JsonNode recording() throws IOException {
    try (InputStream in = CommandShapesTest.class.getResourceAsStream("pacific-shapes.json")) {
      return CommandCall.JSON.readTree(in);
    }
  }

  @Test
  void shouldAnswerInCephsShape() throws IOException {
    JsonNode recording = recording();
    for (int osd = 0; osd < 3; osd++) {
      bench.osd(osd);
    }
    // The first pool is Ceph's own there: the second has the same name and number here.
    run("osd pool create first 8");
    run("osd pool create bench 8");
    List<String> wrong = new ArrayList<>();
    List<String> commands;
    try (InputStream in = CommandShapesTest.class.getResourceAsStream("commands.txt")) {
      commands =
          new String(in.readAllBytes()).lines().filter(each -> !each.startsWith("#")).toList();
    }
    for (String command : commands) {
      JsonNode expected = recording.get(command);
      assertThat(expected).as("recording of '%s'", command).isNotNull();
      MMonCommandAck ack = run(command);
      if (-ack.result() != expected.get("exit").asInt()) {
        wrong.add(
            command + ": " + ack.result() + " " + ack.status() + ", not " + expected.get("exit"));
      } else if (expected.has("json") && expected.get("json").isContainerNode()) {
        JsonNode ours = CommandCall.JSON.readTree(ack.output());
        compare(command + " ", expected.get("json"), ours, wrong);
      }
    }
    assertThat(wrong).as(String.join("\n", wrong)).isEmpty();
  }

  private static void compare(String path, JsonNode theirs, JsonNode ours, List<String> wrong) {
    if (theirs.isObject() && ours.isObject()) {
      if (NAMES.matcher(path).matches()) {
        return;
      }
      for (Map.Entry<String, JsonNode> each : theirs.properties()) {
        JsonNode own = ours.get(each.getKey());
        if (own != null) {
          compare(path + "/" + each.getKey(), each.getValue(), own, wrong);
        } else {
          wrong.add(path + "/" + each.getKey() + " is missing");
        }
      }
    } else if (theirs.isArray() && ours.isArray()) {
      // The recording has all keys that some element has: so must all of ours together.
      if (!theirs.isEmpty() && !ours.isEmpty()) {
        compare(path + "/*", theirs.get(0), merged(ours), wrong);
      }
    } else if (!theirs.isTextual() || !type(ours).equals(theirs.asText())) {
      wrong.add(path + " is " + type(ours) + ", not " + theirs);
    }
  }

  private static JsonNode merged(JsonNode array) {
    if (!array.get(0).isObject()) {
      return array.get(0);
    }
    ObjectNode all = CommandCall.object();
    for (Iterator<JsonNode> each = array.elements(); each.hasNext(); ) {
      all.setAll((ObjectNode) each.next());
    }
    return all;
  }

  private static String type(JsonNode node) {
    return switch (node.getNodeType()) {
      case NUMBER -> "number";
      case BOOLEAN -> "bool";
      case STRING -> "string";
      default -> node.getNodeType().toString();
    };
  }

  /** A command as typed: the longest prefix that there is, then its arguments in order. */
  private MMonCommandAck run(String line) {
    List<String> words =
        Stream.of(line.split(" ")).filter(each -> !each.equals("--yes-i-really-mean-it")).toList();
    ObjectNode call = CommandCall.object();
    for (int used = words.size(); used > 0; used--) {
      Signature signature = new Commands().signature(String.join(" ", words.subList(0, used)));
      if (signature != null) {
        fill(call, signature, words.subList(used, words.size()));
        break;
      }
    }
    if (!call.has("prefix")) {
      call.put("prefix", line);
    }
    if (line.contains("--yes-i-really-mean-it")) {
      call.put("yes_i_really_mean_it", true);
    }
    return bench.command(call.put("format", "json").toString());
  }

  private static void fill(ObjectNode call, Signature signature, List<String> words) {
    call.put("prefix", signature.prefix());
    int next = 0;
    for (Map<String, String> argument : signature.arguments()) {
      if (next == words.size()) {
        return;
      }
      String word = words.get(next);
      boolean choice = argument.containsKey("strings");
      boolean number = argument.get("type").equals("CephInt");
      boolean fits = !choice || Arrays.asList(argument.get("strings").split("\\|")).contains(word);
      if (!fits || number && !word.matches("-?\\d+")) {
        continue;
      }
      next++;
      if ("N".equals(argument.get("n"))) {
        call.putArray(argument.get("name")).add(word);
      } else if (number) {
        call.put(argument.get("name"), Integer.parseInt(word));
      } else {
        call.put(argument.get("name"), word);
      }
    }
  }
}
