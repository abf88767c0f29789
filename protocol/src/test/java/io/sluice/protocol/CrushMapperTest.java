package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.MalformedInputException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Our choices against those of Ceph's crushtool, on trees of its making and ours. */
@Tag("long")
class CrushMapperTest {
  private static final Pattern MAPPING =
      Pattern.compile("^CRUSH rule (\\d+) x (\\d+) \\[(.*)]$", Pattern.MULTILINE);

  @TempDir Path dir;

  private void compare(Path file, int replicas, int seeds) throws Exception {
    CrushMap map = CrushCodec.decode(Files.readAllBytes(file));
    int[] weights = IntStream.generate(() -> OsdEntry.IN).limit(map.maxDevices()).toArray();
    for (CrushRule rule : map.rules()) {
      if (rule == null || replicas < rule.minSize() || replicas > rule.maxSize()) {
        continue;
      }
      String output =
          CephTool.run(
              "crushtool",
              "-i",
              file,
              "--test",
              "--show-mappings",
              "--rule",
              rule.ruleset(),
              "--num-rep",
              replicas,
              "--min-x",
              0,
              "--max-x",
              seeds - 1);
      TreeMap<Integer, String> theirs = new TreeMap<>();
      for (Matcher matcher = MAPPING.matcher(output); matcher.find(); ) {
        theirs.put(
            Integer.parseInt(matcher.group(2)), "[" + matcher.group(3).replace(",", ", ") + "]");
      }
      TreeMap<Integer, String> ours = new TreeMap<>();
      for (int seed = 0; seed < seeds; seed++) {
        ours.put(seed, Arrays.toString(CrushMapper.choose(map, rule, seed, replicas, weights)));
      }
      assertThat(theirs).hasSize(seeds);
      assertThat(ours).as("rule " + rule).isEqualTo(theirs);
    }
  }

  private Path compiled(String text) throws Exception {
    Path source = Files.writeString(dir.resolve("crush.txt"), text);
    Path binary = dir.resolve("crush.bin");
    CephTool.run("crushtool", "-c", source, "-o", binary);
    return binary;
  }

  /** Nobody builds such a map; a damaged one may say it, and must not end the daemon. */
  @Test
  void shouldTakeABucketThatIsCalledADeviceForOut() {
    CrushMap sound = MapSamples.cluster(3, 1).crush();
    List<CrushBucket> buckets = new ArrayList<>();
    for (CrushBucket each : sound.buckets()) {
      buckets.add(
          each == null || each.type != CrushMap.TYPE_HOST
              ? each
              : new CrushBucket(
                  each.id, CrushMap.TYPE_OSD, each.weight, each.items, each.itemWeights));
    }
    CrushMap damaged =
        new CrushMap(
            buckets,
            sound.rules(),
            sound.maxDevices(),
            sound.names(),
            sound.tunables(),
            sound.classes());
    int[] weights = {OsdEntry.IN, OsdEntry.IN, OsdEntry.IN};
    for (CrushRule rule : sound.rules()) {
      if (rule != null) {
        assertThat(CrushMapper.choose(damaged, rule, 1, 3, weights)).isEmpty();
      }
    }
  }

  @Test
  void shouldChooseAsCephDoesWhenRacksHostsAndWeightsDiffer() throws Exception {
    Path file = compiled(tree(4, 3, 3, 50, true));
    for (int replicas = 1; replicas <= 6; replicas++) {
      compare(file, replicas, 3000);
    }
  }

  @Test
  void shouldChooseAsCephDoesWhenTriesRunOut() throws Exception {
    Path file = compiled(tree(1, 3, 1, 1, true));
    for (int replicas = 2; replicas <= 5; replicas++) {
      compare(file, replicas, 2000);
    }
  }

  @Test
  void shouldChooseAsCephDoesWhenTunablesAreOlder() throws Exception {
    Path file = compiled(tree(3, 2, 2, 19, false));
    for (int replicas = 1; replicas <= 6; replicas++) {
      compare(file, replicas, 2000);
    }
  }

  @Test
  void shouldBeDecompiledByCephWhenWeBuiltIt() throws Exception {
    CrushMap map = MapSamples.cluster(3, 2).crush();
    Path file = Files.write(dir.resolve("ours"), CrushCodec.encode(map));
    assertThat(CephTool.run("crushtool", "-d", file))
        .contains(
            "root default",
            "host host2",
            "rule replicated_osd",
            "rule replicated_host",
            "step choose firstn 0 type osd",
            "step chooseleaf firstn 0 type host",
            "tunable chooseleaf_stable 1");
    compare(file, 3, 2000);
  }

  @Test
  void shouldComputeTheLogarithmAsCephDoesAtItsCorners() {
    assertThat(CrushLn.of(0)).isZero();
    assertThat(CrushLn.of(0xffff))
        .isEqualTo(0xfffff0000000L); // a little short of 2^48, as in every Ceph
  }

  @Test
  void shouldRefuseACycleWhenDecoding() {
    CrushBucket a = new CrushBucket(-1, 11, 1, new int[] {-2}, new int[] {1});
    CrushBucket b = new CrushBucket(-2, 11, 1, new int[] {-1}, new int[] {1});
    CrushMap initial = CrushMap.initial();
    CrushMap looped =
        new CrushMap(
            List.of(a, b),
            List.of(),
            1,
            initial.names(),
            CrushTunables.JEWEL,
            CrushMap.Classes.NONE);
    byte[] bytes = CrushCodec.encode(looped);
    assertThatThrownBy(() -> CrushCodec.decode(bytes))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("cycle");
  }

  /**
   * A CRUSH map in crushtool's language: racks of hosts of OSDs, rules of every kind that we run.
   */
  private static String tree(int racks, int hosts, int osds, int totalTries, boolean jewel) {
    List<String> lines = new ArrayList<>();
    lines.add("tunable choose_local_tries " + (jewel ? 0 : 2));
    lines.add("tunable choose_local_fallback_tries 0");
    lines.add("tunable choose_total_tries " + totalTries);
    lines.add("tunable chooseleaf_descend_once " + (jewel ? 1 : 0));
    lines.add("tunable chooseleaf_vary_r " + (jewel ? 1 : 0));
    lines.add("tunable chooseleaf_stable " + (jewel ? 1 : 0));
    lines.add("tunable straw_calc_version 1");
    lines.add("tunable allowed_bucket_algs 54");
    for (int osd = 0; osd < racks * hosts * osds; osd++) {
      lines.add("device " + osd + " osd." + osd);
    }
    lines.addAll(List.of("type 0 osd", "type 1 host", "type 3 rack", "type 11 root"));
    int osd = 0;
    StringBuilder racksInRoot = new StringBuilder();
    for (int rack = 0; rack < racks; rack++) {
      StringBuilder hostsInRack = new StringBuilder();
      for (int host = 0; host < hosts; host++) {
        StringBuilder items = new StringBuilder();
        for (int i = 0; i < osds; i++, osd++) {
          items
              .append(" item osd.")
              .append(osd)
              .append(" weight ")
              .append(osd % 7 == 3 ? "0.0" : "1." + osd % 4);
        }
        lines.add("host h" + rack + "-" + host + " {\n alg straw2\n hash 0\n" + items + "\n}");
        hostsInRack.append(" item h").append(rack).append("-").append(host).append("\n");
      }
      lines.add("rack r" + rack + " {\n alg straw2\n hash 0\n" + hostsInRack + "}");
      racksInRoot.append(" item r").append(rack).append("\n");
    }
    lines.add("root default {\n alg straw2\n hash 0\n" + racksInRoot + "}");
    String[] steps = {
      "step chooseleaf firstn 0 type host",
      "step choose firstn 0 type osd",
      "step chooseleaf firstn 0 type rack",
      "step choose firstn 2 type rack\n step chooseleaf firstn 2 type host",
      "step set_chooseleaf_tries 5\n step set_choose_tries 100\n step take default\n step chooseleaf indep 0 type host",
      "step choose indep 0 type osd",
      "step choose indep 2 type rack\n step chooseleaf indep 2 type host",
      "step set_chooseleaf_vary_r 4\n step set_chooseleaf_stable 0\n step take default\n step chooseleaf firstn 0 type host"
    };
    for (int rule = 0; rule < steps.length; rule++) {
      lines.add(
          "rule rule"
              + rule
              + " {\n id "
              + rule
              + "\n type replicated\n min_size 1\n max_size 10\n"
              + " step take default\n "
              + steps[rule]
              + "\n step emit\n}");
    }
    return String.join("\n", lines) + "\n";
  }
}
