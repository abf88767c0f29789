package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.PgId;
import io.sluice.types.UTime;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class OsdMapBuilderTest {
  private static final UTime LATER = new UTime(1_790_000_100, 0);

  private final OsdMap map = MapSamples.cluster(3, 1);

  @Test
  void shouldBeEpochOneWhenTheClusterIsNew() {
    OsdMap first = OsdMap.create(MapSamples.FSID, MapSamples.NOW).build();
    assertThat(first.epoch()).isEqualTo(1);
    assertThat(first.created()).isEqualTo(MapSamples.NOW);
    assertThat(first.crush().ruleNames())
        .containsEntry(0, "replicated_osd")
        .containsEntry(1, "replicated_host");
    assertThat(first.maxOsd()).isZero();
  }

  @Test
  void shouldLeaveTheOldMapAloneWhenTheNextIsMade() {
    byte[] before = map.encode().clone();
    OsdMapBuilder builder = map.next(LATER);
    builder.markDown(0).createPool("p", 2, 1, 8, OsdMapBuilder.RULE_OSD);
    OsdMap next = builder.build();
    assertThat(OsdMap.decode(before).encode()).isEqualTo(map.encode());
    assertThat(map.isUp(0)).isTrue();
    assertThat(next.isUp(0)).isFalse();
    assertThat(next.epoch()).isEqualTo(map.epoch() + 1);
    assertThat(next.modified()).isEqualTo(LATER);
  }

  @Test
  void shouldRecordTheLivesOfAnOsdWhenItGoesDownAndComesBack() {
    OsdMap down = map.next(LATER).markDown(1).build();
    assertThat(down.osd(1).life().downAt()).isEqualTo(down.epoch());
    assertThat(down.osd(1).extra().downStamp()).isEqualTo(LATER);
    OsdAddrs addrs = OsdAddrs.all(AddrVec.of(EntityAddr.msgr2("127.0.0.1", 7001, 77)));
    OsdMap up = down.next(LATER).markUp(1, addrs).build();
    assertThat(up.osd(1).life().upFrom()).isEqualTo(up.epoch());
    assertThat(up.addr(1).nonce()).isEqualTo(77);
    assertThat(up.clusterAddrs(1)).isEqualTo(addrs.cluster());
  }

  @Test
  void shouldNeverGiveAPoolIdTwiceWhenPoolsAreRemoved() {
    OsdMapBuilder builder = map.next(LATER);
    long first = builder.createPool("p", 2, 1, 8, OsdMapBuilder.RULE_OSD);
    builder.withPgTemp(Map.of(new PgId(first, 3), List.of(1)));
    builder.removePool(first);
    long second = builder.createPool("p", 2, 1, 8, OsdMapBuilder.RULE_OSD);
    assertThat(second).isEqualTo(first + 1);
    OsdMap next = OsdMap.decode(builder.build().encode());
    assertThat(next.findPool("p").orElseThrow().id()).isEqualTo(second);
    assertThat(next.pgTemp()).isEmpty();
  }

  @Test
  void shouldSayWhatIsWrongWhenAChangeMakesNoSense() {
    OsdMapBuilder builder = map.next(LATER);
    builder.createPool("p", 2, 1, 8, OsdMapBuilder.RULE_OSD);
    assertThatThrownBy(() -> builder.createPool("p", 2, 1, 8, 0))
        .hasMessageContaining("already exists");
    assertThatThrownBy(() -> builder.createPool("q", 2, 3, 8, 0))
        .hasMessageContaining("min_size 3");
    assertThatThrownBy(() -> builder.createPool("q", 2, 1, 0, 0)).hasMessageContaining("pg_num 0");
    assertThatThrownBy(() -> builder.createPool("q", 2, 1, 8, 9))
        .hasMessageContaining("no crush rule 9");
    assertThatThrownBy(() -> builder.markUp(17, OsdAddrs.NONE)).hasMessageContaining("no osd.17");
    assertThatThrownBy(() -> builder.removePool(5)).hasMessageContaining("no pool 5");
    assertThatThrownBy(() -> builder.weight(0, -1)).hasMessageContaining("weight -1");
    assertThatThrownBy(() -> map.locate(9, "a", "", "")).hasMessageContaining("no pool 9");
  }

  @Test
  void shouldMoveAnOsdWhenItBootsUnderAnotherHost() {
    OsdMap moved = map.next(LATER).addOsd(2, MapSamples.store(2), "host0", 3).build();
    assertThat(moved.crush().hosts())
        .containsOnlyKeys("host0", "host1")
        .containsEntry("host0", List.of(0, 2));
    assertThat(moved.crush().deviceWeight(2)).isEqualTo(3);
    assertThat(moved.isUp(2)).as("its state is untouched").isTrue();
  }

  @Test
  void shouldKeepPoolSettingsWhenDecoded() {
    OsdMapBuilder builder = map.next(LATER);
    long id = builder.createPool("p", 2, 1, 8, OsdMapBuilder.RULE_OSD);
    OsdMap with = builder.build();
    OsdMapBuilder change = with.next(LATER);
    PoolInfo pool =
        with.pool(id)
            .withApplication("rados", change.epoch())
            .withQuota(5, 6, change.epoch())
            .withLayout(with.pool(id).layout().withSizes(3, 2), change.epoch());
    change.changePool(pool).blocklist(EntityAddr.msgr2("127.0.0.1", 0, 9), LATER);
    OsdMap again = OsdMap.decode(change.build().encode());
    assertThat(again.pool(id)).isEqualTo(pool);
    assertThat(again.pool(id).history().lastChange()).isEqualTo(again.epoch());
    assertThat(again.blocklist()).containsEntry(EntityAddr.msgr2("127.0.0.1", 0, 9), LATER);
  }

  @Test
  void shouldPresentWhatARealPacificOsdPresents() throws Exception {
    OsdMap recorded = OsdMap.decode(CephTool.recorded("osdmap"));
    assertThat(recorded.osd(0).extra().features()).isEqualTo(Features.PACIFIC);
    assertThat(Features.has(Features.PACIFIC, Features.REQUIRED)).isTrue();
  }
}
