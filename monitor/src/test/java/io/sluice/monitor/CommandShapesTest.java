package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.protocol.MMonCommandAck;
import io.sluice.protocol.MgrMap;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
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

  /**
   * Lists that have elements with Ceph, and none here: modules of managers, device classes, who
   * pings whom among OSDs, and older configurations ({@code compare-commands} has the same
   * pattern).
   */
  private static final Pattern NONE_HERE =
      Pattern.compile(
          "status /mgrmap/modules|mgr dump /(modules|active_clients|available_modules)"
              + "|mgr dump /always_on_modules/.*|mgr module ls /.*"
              + "|osd crush class ls |pg dump.*/(hb_peers|network_ping_times)|config log ");

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
    TypedCommand.run(bench, "osd pool create first 8", "json");
    TypedCommand.run(bench, "osd pool create bench 8", "json");
    TypedCommand.run(bench, "config-key set seen 1", "json");
    AddrVec manager = AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6700, 1));
    bench.monitor.manager(new MgrMap(2, manager, 1, "a", bench.monitor.now()));
    bench.loop.settle();
    List<String> wrong = new ArrayList<>();
    List<String> commands;
    try (InputStream in = CommandShapesTest.class.getResourceAsStream("commands.txt")) {
      commands =
          new String(in.readAllBytes()).lines().filter(each -> !each.startsWith("#")).toList();
    }
    for (String command : commands) {
      JsonNode expected = recording.get(command);
      assertThat(expected).as("recording of '%s'", command).isNotNull();
      MMonCommandAck ack = TypedCommand.run(bench, command, "json");
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
      if (theirs.isEmpty()) {
        return;
      } else if (!ours.isEmpty()) {
        compare(path + "/*", theirs.get(0), merged(ours), wrong);
      } else if (!NONE_HERE.matcher(path).matches()) {
        wrong.add(path + " is empty, not of " + theirs.get(0));
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
      case NULL -> "null";
      default -> node.getNodeType().toString();
    };
  }
}
