package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.PgId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Maps taken from a real Ceph 16.2.15 cluster of three OSDs, with snapshots, quotas, an
 * erasure-coded pool, upmaps, pg_temp, a blocklist, weights and affinities.
 */
class RecordedMapsTest {
  @TempDir Path dir;

  @Test
  void shouldEncodeTheSameBytesWhenAnOsdMapOfARealClusterWasDecoded() throws IOException {
    byte[] recorded = CephTool.recorded("osdmap");
    assertThat(OsdMap.decode(recorded).encode()).isEqualTo(recorded);
  }

  @Test
  void shouldEncodeTheSameBytesWhenACrushMapOfARealClusterWasDecoded() throws IOException {
    byte[] recorded = CephTool.recorded("crush");
    assertThat(CrushCodec.encode(CrushCodec.decode(recorded))).isEqualTo(recorded);
  }

  @Test
  void shouldEncodeTheSameBytesWhenAMonMapOfARealClusterWasDecoded() throws IOException {
    byte[] recorded = CephTool.recorded("monmap");
    assertThat(MonMap.decode(recorded).encode()).isEqualTo(recorded);
  }

  @Test
  void shouldKnowWhatTheClusterHadWhenDecoded() throws IOException {
    OsdMap map = OsdMap.decode(CephTool.recorded("osdmap"));
    assertThat(map.pools())
        .extracting(PoolInfo::name)
        .containsExactly("device_health_metrics", "bench", "p3", "ecp");
    PoolInfo p3 = map.findPool("p3").orElseThrow();
    assertThat(p3.maxBytes()).isEqualTo(1_000_000);
    assertThat(p3.snaps().snaps().get(2L).name()).isEqualTo("s2");
    assertThat(p3.applications()).containsKey("rbd");
    assertThat(map.pgTemp()).containsKey(new PgId(2, 7));
    assertThat(map.acting(new PgId(2, 7))).containsExactly(1, 2);
    assertThat(map.blocklist()).hasSize(2);
    assertThat(map.osd(1).weight()).isEqualTo((int) (0.7 * 65536));
    assertThat(map.addr(0).toString()).startsWith("v2:127.0.0.1:6800/");
    assertThat(map.flags() & OsdMap.NOOUT).isNotZero();
  }

  @Test
  void shouldMakePoolsAsCephDoesWhenNothingSpecialIsAskedFor() throws IOException {
    PoolInfo theirs = OsdMap.decode(CephTool.recorded("osdmap")).findPool("bench").orElseThrow();
    PoolLayout layout = PoolLayout.replicated(2, 1, 32, 0);
    PoolInfo ours = PoolInfo.create(2, "bench", layout, theirs.history().created(), 18);
    assertThat(ours.tier()).isEqualTo(theirs.tier());
    assertThat(ours.layout()).isEqualTo(theirs.layout());
    assertThat(ours).isEqualTo(theirs);
  }

  @Test
  void shouldPlaceEveryGroupAsCephDoesWhenTheMapIsReal() throws Exception {
    byte[] recorded = CephTool.recorded("osdmap");
    Path file = Files.write(dir.resolve("osdmap"), recorded);
    OsdMap map = OsdMap.decode(recorded);
    var theirs = PgDump.parse(CephTool.run("osdmaptool", file, "--test-map-pgs-dump-all"));
    assertThat(theirs).hasSize(1 + 32 + 16 + 8);
    assertThat(PgDump.ours(map)).isEqualTo(theirs);
  }
}
