package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.MalformedInputException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.Arrays;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** Racks, moves and weights: the tree holds together, and choosing follows it. */
class CrushTreeTest {
  private static final int ONE = 0x10000;

  private static CrushMap hosts(int count) {
    CrushMap map = CrushMap.initial().withReplicatedRule("rule", "host");
    for (int osd = 0; osd < count; osd++) {
      map = map.withDevice(osd, "h" + osd, 1);
    }
    return map;
  }

  private static CrushBucket bucket(CrushMap map, String name) {
    return map.bucket(CrushTree.idOf(map, name).orElseThrow());
  }

  @Test
  void shouldCarryWeightsUpWhenHostsMoveIntoRacks() {
    CrushMap map = CrushTree.addBucket(hosts(4), "r1", "rack");
    assertThat(bucket(map, "r1").weight).isZero();
    map = CrushTree.move(map, "r1", Map.of("root", "default"));
    map = CrushTree.move(map, "h0", Map.of("rack", "r1"));
    map = CrushTree.move(map, "h1", Map.of("rack", "r1", "root", "default"));
    assertThat(bucket(map, "r1").weight).isEqualTo(2 * ONE);
    assertThat(bucket(map, "default").weight).isEqualTo(4 * ONE);
    assertThat(bucket(map, "default").items).hasSize(3);

    map = CrushTree.reweigh(map, "osd.0", 3 * ONE);
    assertThat(bucket(map, "h0").weight).isEqualTo(3 * ONE);
    assertThat(bucket(map, "r1").weight).isEqualTo(4 * ONE);
    assertThat(bucket(map, "default").weight).isEqualTo(6 * ONE);
    assertThat(CrushTree.decode(map.encode())).isEqualTo(map);

    map = map.withDevice(4, "h0", 1);
    assertThat(bucket(map, "default").items).as("the host stays in its rack").hasSize(3);
    assertThat(bucket(map, "default").weight).isEqualTo(7 * ONE);
  }

  @Test
  void shouldMakeWhatIsNotThereOnTheWay() {
    CrushMap map =
        CrushTree.move(hosts(2), "osd.1", Map.of("host", "new", "rack", "r", "root", "default"));
    assertThat(map.hostOf(1)).contains("new");
    assertThat(bucket(map, "r").items).containsExactly(bucket(map, "new").id);
    assertThat(bucket(map, "default").indexOf(bucket(map, "r").id)).isNotNegative();
    assertThat(bucket(map, "default").weight).isEqualTo(2 * ONE);
    assertThat(bucket(map, "h1").items).as("empty, and still there").isEmpty();
    assertThat(CrushTree.idOf(CrushTree.remove(map, "h1"), "h1")).isEmpty();
  }

  @Test
  void shouldChooseOverRacksWhenARuleSaysSo() {
    CrushMap map = hosts(6);
    for (int i = 0; i < 6; i++) {
      map = CrushTree.move(map, "h" + i, Map.of("rack", "r" + i / 2, "root", "default"));
    }
    map = CrushTree.addRule(map, "racks", "default", "rack");
    CrushRule rule = map.rules().get(map.ruleId("racks"));
    int[] weights = {ONE, ONE, ONE, ONE, ONE, ONE};
    for (int x = 0; x < 100; x++) {
      int[] chosen = CrushMapper.choose(map, rule, x, 3, weights);
      assertThat(Arrays.stream(chosen).map(osd -> osd / 2).toArray())
          .containsExactlyInAnyOrder(0, 1, 2);
    }
  }

  @Test
  void shouldRefuseWhatCannotBe() {
    CrushMap map = CrushTree.addBucket(hosts(2), "r1", "rack");
    assertThatThrownBy(() -> CrushTree.move(map, "nobody", Map.of("root", "default")))
        .hasMessageContaining("item nobody does not exist");
    assertThatThrownBy(() -> CrushTree.move(map, "r1", Map.of("host", "h0")))
        .hasMessageContaining("r1 cannot be in host=h0");
    assertThatThrownBy(() -> CrushTree.move(map, "h0", Map.of("rack", "h1")))
        .hasMessageContaining("h0 cannot be in rack=h1");
    assertThatThrownBy(() -> CrushTree.addBucket(map, "x", "osd"))
        .hasMessageContaining("type 'osd' does not exist");
    assertThatThrownBy(() -> CrushTree.addBucket(map, "a b", "rack"))
        .hasMessageContaining("bad name");
    assertThatThrownBy(() -> CrushTree.remove(map, "h0")).hasMessageContaining("not empty");
    assertThatThrownBy(() -> CrushTree.remove(hosts(0), "default"))
        .hasMessageContaining("in use by a rule");
    assertThatThrownBy(() -> CrushTree.reweigh(map, "h0", ONE)).hasMessageContaining("not a leaf");
  }

  /** Devices are counted one by one: 2^31 of them are more than a monitor has the time for. */
  @Test
  void shouldRefuseMoreDevicesThanAClusterCanHave() {
    byte[] encoded = hosts(2).encode();
    int place = 12; // magic, buckets, rules
    for (int devices : new int[] {OsdMapDecoder.MAX_OSDS + 1, Integer.MAX_VALUE, -1}) {
      ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).putInt(place, devices);
      assertThatThrownBy(() -> CrushTree.decode(encoded))
          .isInstanceOf(MalformedInputException.class)
          .hasMessageContaining(devices + " devices");
    }
    ByteBuffer.wrap(encoded).order(ByteOrder.LITTLE_ENDIAN).putInt(place, OsdMapDecoder.MAX_OSDS);
    assertThat(CrushTree.decode(encoded).hosts()).hasSize(2);
  }
}
