package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.PgId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Maps that we built and encoded, read and computed with by Ceph's osdmaptool. */
class PlacementTest {
  @TempDir Path dir;

  private static OsdMap withPools(OsdMap map) {
    OsdMapBuilder builder = map.next(MapSamples.NOW);
    builder.createPool("by-host", 3, 2, 256, OsdMapBuilder.RULE_HOST);
    builder.createPool("by-osd", 3, 1, 200, OsdMapBuilder.RULE_OSD);
    builder.createPool("odd", 2, 1, 77, OsdMapBuilder.RULE_HOST);
    builder.createPool("single", 1, 1, 8, OsdMapBuilder.RULE_OSD);
    builder.createPool("wide", 10, 1, 32, OsdMapBuilder.RULE_OSD);
    return builder.build();
  }

  private void comparePlacement(OsdMap map) throws Exception {
    Path file = Files.write(dir.resolve("osdmap." + map.epoch()), map.encode());
    var theirs = PgDump.parse(CephTool.run("osdmaptool", file, "--test-map-pgs-dump-all"));
    assertThat(theirs).hasSize(256 + 200 + 77 + 8 + 32);
    assertThat(PgDump.ours(map)).isEqualTo(theirs);
  }

  @Test
  void shouldPlaceEveryGroupAsCephDoesWhenAllOsdsAreUp() throws Exception {
    comparePlacement(withPools(MapSamples.cluster(5, 4)));
  }

  @Test
  void shouldPlaceEveryGroupAsCephDoesWhenOsdsAreDownOutUnwillingOrMoved() throws Exception {
    OsdMap map = withPools(MapSamples.cluster(4, 3));
    for (int seed = 0; seed < 5; seed++) {
      map = MapSamples.damaged(map, seed);
      comparePlacement(map);
    }
  }

  @Test
  void shouldPlaceEveryGroupAsCephDoesWhenOsdsWereRemoved() throws Exception {
    OsdMap map = withPools(MapSamples.cluster(3, 3));
    comparePlacement(
        map.next(MapSamples.NOW).removeOsd(4).removeOsd(8).removeOsd(2).removeOsd(5).build());
  }

  @Test
  void shouldPlaceEveryGroupAsCephDoesWhenThereAreFewerHostsThanReplicas() throws Exception {
    comparePlacement(withPools(MapSamples.cluster(2, 1)));
  }

  @Test
  void shouldLocateObjectsAsCephDoesWhenNamesHaveAnyLength() throws Exception {
    OsdMap map = withPools(MapSamples.cluster(3, 2));
    Path file = Files.write(dir.resolve("osdmap"), map.encode());
    for (PoolInfo pool : map.pools()) {
      for (String name :
          List.of(
              "a", "foo", "elevenbytes", "twelve bytes", "rbd_data.1234.0000000000000001", "é")) {
        PgId pg = map.locate(pool.id(), name, "", "").pg();
        String expected =
            "object '" + name + "' -> " + pg + " -> " + map.acting(pg).toString().replace(" ", "");
        assertThat(CephTool.run("osdmaptool", file, "--test-map-object", name, "--pool", pool.id()))
            .contains(expected);
      }
    }
  }

  @Test
  void shouldBePrintedByCephWhenWeEncodedIt() throws Exception {
    OsdMap map = MapSamples.damaged(withPools(MapSamples.cluster(3, 2)), 1);
    Path file = Files.write(dir.resolve("osdmap"), map.encode());
    String printed = CephTool.run("osdmaptool", file, "--print");
    assertThat(printed)
        .contains(
            "epoch 3", "fsid 11223344-5566-7788-99aa-bbccddeeff00", "require_osd_release pacific")
        .contains("flags sortbitwise,recovery_deletes,purged_snapdirs,pglog_hardlimit")
        .contains(
            "pool 1 'by-host' replicated size 3 min_size 2 crush_rule 1 object_hash rjenkins pg_num 256")
        .contains("v2:127.0.0.1:7001/1001", "exists,up");
    assertThat(CephTool.run("osdmaptool", file, "--tree")).contains("host host0", "osd.3");
  }

  @Test
  void shouldSurviveARoundTripWhenWeEncodedIt() {
    OsdMap map = MapSamples.damaged(withPools(MapSamples.cluster(3, 2)), 1);
    OsdMap again = OsdMap.decode(map.encode());
    assertThat(again.encode()).isEqualTo(map.encode());
    assertThat(PgDump.ours(again)).isEqualTo(PgDump.ours(map));
  }
}
