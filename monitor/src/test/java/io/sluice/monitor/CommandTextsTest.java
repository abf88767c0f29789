package io.sluice.monitor;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sluice.bufferlist.NoLeaks;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is answered where JSON is not asked for, in the words and layout of Ceph 16.2.15. */
@ExtendWith(NoLeaks.class)
class CommandTextsTest {
  private final MonitorBench bench = new MonitorBench();

  @BeforeEach
  void cluster() {
    for (int osd = 0; osd < 3; osd++) {
      bench.osd(osd);
    }
    text("osd pool create", "pool", "bench");
  }

  private String text(String prefix, String... arguments) {
    ObjectNode call = CommandCall.object().put("prefix", prefix);
    for (int i = 0; i < arguments.length; i += 2) {
      call.put(arguments[i], arguments[i + 1]);
    }
    return new String(bench.command(call.toString()).output());
  }

  @Test
  void shouldDescribeOsdsInLines() {
    String line =
        "osd\\.1 up   in  weight 1 up_from \\d+ up_thru \\d+ down_at 0"
            + " last_clean_interval \\[0,0\\) \\[v2:\\S+] \\[v2:\\S+] exists,up [0-9a-f-]{36}\n";
    assertThat(text("osd info", "id", "1")).matches(line);
    assertThat(text("osd info").lines()).hasSize(3);
    assertThat(text("osd dump")).containsPattern(line).containsPattern("\ncrush_version \\d+\n");
    assertThat(text("osd numa-status"))
        .isEqualTo(
            """
            OSD  HOST   NETWORK  STORAGE  AFFINITY  CPUS
              0  host0        -        -         -  -
              1  host1        -        -         -  -
              2  host2        -        -         -  -
            """);
    assertThat(text("osd perf"))
        .startsWith("osd  commit_latency(ms)  apply_latency(ms)\n  0                   0   ");
    assertThat(text("osd blocked-by")).isEqualTo("osd  num_blocked\n");
    assertThat(text("osd utilization"))
        .startsWith("avg ")
        .containsPattern("\nstddev \\S+ \\(expected baseline \\S+\\)\n")
        .containsPattern("\nmax osd\\.\\d with \\d+ pgs \\(\\S+ \\* mean\\)\n");
  }

  @Test
  void shouldListOsdsAndBucketsByNameWhateverCameFirst() throws Exception {
    MonitorBench other = new MonitorBench();
    for (int osd : new int[] {2, 0, 1}) {
      other.osd(osd);
    }
    for (String prefix : List.of("osd tree", "osd df", "osd crush tree")) {
      String text = new String(other.command("{\"prefix\": \"" + prefix + "\"}").output());
      assertThat(text.lines().filter(line -> line.matches(" +[012] .*")).map(line -> line.strip()))
          .as(text)
          .satisfiesExactly(
              line -> assertThat(line).startsWith("0"),
              line -> assertThat(line).startsWith("1"),
              line -> assertThat(line).startsWith("2"));
    }
    byte[] json = other.command("{\"prefix\": \"osd tree\", \"format\": \"json\"}").output();
    JsonNode root = CommandCall.JSON.readTree(json).at("/nodes/0");
    List<String> names = new ArrayList<>();
    CommandCall.JSON
        .readTree(json)
        .at("/nodes")
        .forEach(node -> names.add(node.path("id").asInt() + "=" + node.path("name").asText()));
    List<String> children = new ArrayList<>();
    root.path("children")
        .forEach(
            id ->
                names.stream()
                    .filter(name -> name.startsWith(id.asInt() + "="))
                    .forEach(name -> children.add(name.split("=")[1])));
    assertThat(children).as("the other way round").containsExactly("host2", "host1", "host0");
  }

  @Test
  void shouldSumUpInALine() {
    assertThat(text("osd stat"))
        .matches("3 osds: 3 up \\(since 0s\\), 3 in \\(since 0s\\); epoch: e\\d+\n");
    assertThat(text("status")).contains("    osd: 3 osds: 3 up (since 0s), 3 in (since 0s)\n");
    assertThat(text("pg stat")).endsWith("active+clean; 0 B data, 0 B used, 3 TiB / 3 TiB avail\n");
    assertThat(text("mon stat"))
        .endsWith("removed_ranks: {}, election epoch 1, leader 0 a, quorum 0 a\n");
    assertThat(text("df", "detail", "detail"))
        .contains(
            "STORED  (DATA)  (OMAP)  OBJECTS", "QUOTA OBJECTS  QUOTA BYTES  DIRTY  USED COMPR");
  }

  @Test
  void shouldNameTheNamespaceWithTheObject() {
    assertThat(text("osd map", "pool", "bench", "object", "x", "nspace", "ns"))
        .contains("object 'ns/x' -> pg 1.c240e917 (1.");
  }

  @Test
  void shouldAnswerForAReadersEyesWhereNoFormatIsAskedFor() {
    String wanted = "{\n    \"straw_calc_version\": 1\n}\n";
    assertThat(text("osd crush get-tunable", "tunable", "straw_calc_version")).isEqualTo("1\n");
    String[] pretty = {"tunable", "straw_calc_version", "format", "json-pretty"};
    assertThat(text("osd crush get-tunable", pretty)).isEqualTo(wanted);
    assertThat(text("osd crush class ls")).isEqualTo("[]\n");
    assertThat(text("osd count-metadata", "property", "osd_objectstore"))
        .isEqualTo("{\n    \"sluice\": 3\n}\n");
    assertThat(text("osd erasure-code-profile get", "name", "default")).startsWith("k=2\nm=");
    assertThat(text("osd tree", "format", "json")).contains("\"reweight\":1,");
    assertThat(text("get_command_descriptions").lines()).hasSize(1);
  }
}
