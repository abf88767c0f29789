package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MonMapTest {
  private static final MonMap THREE =
      MonMap.create(
          MapSamples.FSID,
          MapSamples.NOW,
          List.of(
              new MonMap.Mon("c", AddrVec.of(EntityAddr.msgr2("127.0.0.1", 3300, 0))),
              new MonMap.Mon("a", AddrVec.of(EntityAddr.msgr2("127.0.0.1", 3301, 0))),
              new MonMap.Mon("b", AddrVec.of(EntityAddr.msgr2("0:0:0:0:0:0:0:1", 3302, 0)))));

  @TempDir Path dir;

  @Test
  void shouldBePrintedByCephWhenWeEncodedIt() throws Exception {
    Path file = Files.write(dir.resolve("monmap"), THREE.encode());
    assertThat(CephTool.run("monmaptool", "--print", file))
        .contains(
            "epoch 1", "fsid 11223344-5566-7788-99aa-bbccddeeff00", "min_mon_release 16 (pacific)")
        .contains(
            "0: v2:127.0.0.1:3300/0 mon.c",
            "1: v2:127.0.0.1:3301/0 mon.a",
            "2: v2:[::1]:3302/0 mon.b");
  }

  @Test
  void shouldKeepTheRanksWhenDecoded() {
    assertThat(MonMap.decode(THREE.encode())).isEqualTo(THREE);
  }

  @Test
  void shouldCountTheEpochWhenMonitorsChange() {
    MonMap next = THREE.withMons(THREE.mons().subList(0, 1), MapSamples.NOW);
    assertThat(next.epoch()).isEqualTo(2);
    assertThat(MonMap.decode(next.encode()).mons()).hasSize(1);
  }
}
