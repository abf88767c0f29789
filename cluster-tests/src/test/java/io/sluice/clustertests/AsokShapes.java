package io.sluice.clustertests;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What an OSD's admin socket answers beside what one of Ceph 16.2.15 does, as {@code
 * compare-commands --record} has written it down: keys and types. Whatever has a name of Ceph's has
 * its type, and the counters and keys that are named here are there.
 */
final class AsokShapes {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Path RECORDING = Path.of("src", "test", "resources", "pacific-asok.json");

  /** Ceph's counters of an OSD that ours has. */
  private static final List<String> COUNTERS =
      List.of(
          "op op_r op_w op_in_bytes op_out_bytes op_latency op_r_latency op_w_latency op_wip",
          "subop_w subop_w_in_bytes push push_out_bytes pull recovery_ops numpg numpg_primary");

  /** Settings that Ceph has no names for. */
  private static final Set<String> OWN_SETTINGS = Set.of("whoami", "loops", "pipes");

  /** What an operation has with Ceph, but for its steps in time ({@code type_data}). */
  private static final List<String> OPERATION =
      List.of("description", "initiated_at", "age", "duration");

  private final JsonNode recording;

  AsokShapes() throws IOException {
    recording = JSON.readTree(RECORDING.toFile());
  }

  void checkCounters(JsonNode perf) {
    JsonNode theirs = recording.at("/perf dump/osd");
    for (String name : String.join(" ", COUNTERS).split(" ")) {
      assertThat(perf.path("osd").has(name)).as(name).isTrue();
    }
    assertThat(different("osd", theirs, perf.path("osd"), false)).isEmpty();
  }

  void checkSettings(JsonNode settings) {
    JsonNode theirs = recording.path("config show");
    assertThat(settings).hasSizeGreaterThan(20);
    for (Map.Entry<String, JsonNode> each : settings.properties()) {
      assertThat(each.getValue().isTextual()).as("text: %s", each).isTrue();
      boolean known = theirs.has(each.getKey()) || OWN_SETTINGS.contains(each.getKey());
      assertThat(known).as("Ceph has: %s", each).isTrue();
    }
  }

  void checkInFlight(JsonNode dump) {
    assertThat(different("", recording.path("dump_ops_in_flight"), dump, true)).isEmpty();
  }

  void checkHistory(JsonNode dump) {
    assertThat(dump.path("ops")).isNotEmpty();
    JsonNode theirs = recording.path("dump_historic_ops");
    for (JsonNode op : dump.path("ops")) {
      OPERATION.forEach(name -> assertThat(op.has(name)).as("%s of %s", name, op).isTrue());
      assertThat(different("ops", theirs.at("/ops/0"), op, false)).isEmpty();
      assertThat(op.path("initiated_at").asText())
          .matches("\\d{4}-\\d\\d-\\d\\dT[\\d:]{8}\\.\\d{6}\\+0000");
      assertThat(op.path("description").asText())
          .matches("osd_op\\(client\\.\\d+\\.\\d+:\\d+ \\d+\\.[0-9a-f]+ .* \\[.*] .* e\\d+\\)");
    }
    assertThat(different("", theirs, dump, true)).isEmpty();
  }

  /**
   * What has another type than theirs.
   *
   * @param whole also what is missing on the first level
   */
  private static List<String> different(
      String path, JsonNode theirs, JsonNode ours, boolean whole) {
    List<String> found = new ArrayList<>();
    for (Map.Entry<String, JsonNode> each : theirs.properties()) {
      JsonNode own = ours.get(each.getKey());
      String name = path + "/" + each.getKey();
      if (own == null) {
        if (whole) {
          found.add(name + " is missing");
        }
      } else if (each.getValue().isTextual()) {
        boolean same = each.getValue().asText().equals(own.isNumber() ? "number" : "string");
        if (!same || !own.isValueNode()) {
          found.add(name + " is " + own + ", not a " + each.getValue().asText());
        }
      } else if (each.getValue().isObject()) {
        found.addAll(different(name, each.getValue(), own, true));
      } else if (each.getValue().getNodeType() != own.getNodeType()) {
        found.add(name + " is " + own + ", not a list");
      }
    }
    return found;
  }
}
