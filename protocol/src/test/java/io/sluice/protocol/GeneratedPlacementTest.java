package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.PgId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Placements on generated maps, all against Ceph's osdmaptool: straw2 trees of racks and hosts,
 * weights, device classes, tunables, OSDs out, half in and down, primary affinity, upmaps.
 *
 * <p>{@code -Dplacements=N} for more or fewer, {@code -Dplacement.seed=N} for one map again.
 */
@Tag("long")
class GeneratedPlacementTest {
  private static final int PLACEMENTS = Integer.getInteger("placements", 100_000);
  private static final int GROUPS = 700;

  @TempDir Path dir;

  @Test
  void shouldPlaceAsCephDoes() throws Exception {
    Integer only = Integer.getInteger("placement.seed");
    int compared = 0;
    for (int seed = only == null ? 1 : only; compared < PLACEMENTS; seed++) {
      compared += compare(seed);
      if (only != null) {
        break;
      }
    }
    assertThat(compared).isPositive();
  }

  private int compare(int seed) throws Exception {
    Random random = new Random(seed);
    int osds = 4 + random.nextInt(20);
    Path text = Files.writeString(dir.resolve("crush.txt"), crushText(random, osds));
    Path compiled = dir.resolve("crush.bin");
    CephTool.run("crushtool", "-c", text, "-o", compiled);
    CrushMap crush = CrushCodec.decode(Files.readAllBytes(compiled));
    OsdMap map = map(random, osds, crush);
    Path file = Files.write(dir.resolve("osdmap"), map.encode());
    var theirs = PgDump.parse(CephTool.run("osdmaptool", file, "--test-map-pgs-dump-all"));
    assertThat(PgDump.ours(map)).as("-Dplacement.seed=%d", seed).isEqualTo(theirs);
    return theirs.size();
  }

  private static OsdMap map(Random random, int osds, CrushMap crush) {
    OsdMapBuilder builder = OsdMap.create(MapSamples.FSID, MapSamples.NOW);
    for (int osd = 0; osd < osds; osd++) {
      builder.addOsd(osd, MapSamples.store(osd), "any", 1).markUp(osd, MapSamples.listening(osd));
    }
    builder.crush(crush);
    List<PgId> groups = new ArrayList<>();
    for (int rule = 0; rule < crush.ruleNames().size(); rule++) {
      int size = 1 + random.nextInt(4);
      int count = 1 + random.nextInt(GROUPS);
      long pool = builder.createPool("p" + rule, size, 1, count, rule);
      IntStream.range(0, count).forEach(group -> groups.add(new PgId(pool, group)));
    }
    for (int osd = 0; osd < osds; osd++) {
      switch (random.nextInt(8)) {
        case 0 -> builder.weight(osd, 0);
        case 1 -> builder.weight(osd, random.nextInt(OsdEntry.IN));
        case 2 -> builder.markDown(osd);
        case 3 -> builder.primaryAffinity(osd, random.nextInt(OsdEntry.IN + 1));
        default -> builder.weight(osd, OsdEntry.IN);
      }
    }
    for (PgId pg : groups) {
      if (random.nextInt(10) == 0) {
        builder.upmapItem(pg, random.nextInt(osds), random.nextInt(osds));
      } else if (random.nextInt(20) == 0) {
        builder.upmap(
            pg, new Random(pg.hashCode()).ints(0, osds).distinct().limit(2).boxed().toList());
      }
    }
    return builder.build();
  }

  /** A map as an administrator would write it. */
  private static String crushText(Random random, int osds) {
    StringBuilder text = new StringBuilder("# begin crush map\n");
    text.append("tunable choose_local_tries ").append(random.nextInt(3));
    text.append("\ntunable choose_local_fallback_tries 0\ntunable choose_total_tries ");
    text.append(19 + random.nextInt(40));
    for (String name :
        List.of("chooseleaf_descend_once", "chooseleaf_vary_r", "chooseleaf_stable")) {
      text.append("\ntunable ").append(name).append(' ').append(random.nextInt(2));
    }
    text.append("\ntunable straw_calc_version 1\ntunable allowed_bucket_algs 54\n");
    for (int osd = 0; osd < osds; osd++) {
      text.append("device ").append(osd).append(" osd.").append(osd);
      text.append(" class ").append(osd % 3 == 0 ? "ssd" : "hdd").append('\n');
    }
    text.append("type 0 osd\ntype 1 host\ntype 3 rack\ntype 11 root\n");
    int hosts = 2 + random.nextInt(Math.max(1, osds / 2));
    for (int host = 0; host < hosts; host++) {
      int each = host;
      List<String> items =
          IntStream.range(0, osds)
              .filter(osd -> osd % hosts == each)
              .mapToObj(osd -> item("osd." + osd, random))
              .toList();
      bucket(text, "host h" + host, -10 - 3 * host, items);
    }
    int racks = 1 + random.nextInt(3);
    for (int rack = 0; rack < racks; rack++) {
      int each = rack;
      List<String> items =
          IntStream.range(0, hosts)
              .filter(host -> host % racks == each)
              .mapToObj(host -> item("h" + host, random))
              .toList();
      bucket(text, "rack r" + rack, -200 - 3 * rack, items);
    }
    bucket(
        text,
        "root default",
        -1,
        IntStream.range(0, racks).mapToObj(rack -> item("r" + rack, random)).toList());
    rule(text, 0, "step take default", "step chooseleaf firstn 0 type host");
    rule(text, 1, "step take default class hdd", "step choose firstn 0 type osd");
    rule(text, 2, "step take default class ssd", "step chooseleaf firstn 0 type host");
    rule(
        text,
        3,
        "step set_chooseleaf_tries 5\n step take default",
        "step choose firstn 2 type host\n step chooseleaf firstn 2 type osd");
    return text.append("# end crush map\n").toString();
  }

  private static String item(String name, Random random) {
    return String.format(Locale.ROOT, "item %s weight %.3f", name, 0.1 + random.nextInt(40) / 10.0);
  }

  private static void bucket(StringBuilder text, String name, int id, List<String> items) {
    text.append(name).append(" {\n id ").append(id).append("\n alg straw2\n hash 0\n");
    items.forEach(item -> text.append(' ').append(item).append('\n'));
    text.append("}\n");
  }

  private static void rule(StringBuilder text, int id, String take, String choose) {
    text.append("rule rule").append(id).append(" {\n id ").append(id);
    text.append("\n type replicated\n min_size 1\n max_size 10\n ").append(take);
    text.append("\n ").append(choose).append("\n step emit\n}\n");
  }
}
