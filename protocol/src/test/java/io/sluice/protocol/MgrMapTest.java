package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.types.AddrVec;
import io.sluice.types.UTime;
import java.util.List;
import org.junit.jupiter.api.Test;

class MgrMapTest {
  /**
   * Walks a manager map as its documented layout says; returns the module names and release numbers
   * it met.
   */
  private static List<Object> walk(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    Decoder.Struct struct = from.begin(12, "MgrMap");
    assertThat(struct.version()).isEqualTo(12);
    assertThat(from.le32()).as("epoch").isEqualTo(1);
    assertThat(AddrVec.decode(from).addrs()).isEmpty();
    assertThat(from.le64()).as("active gid").isZero();
    assertThat(from.bool()).as("available").isFalse();
    assertThat(from.string()).isEmpty();
    assertThat(from.le32()).as("standbys").isZero();
    List<String> modules = from.list(Decoder::string);
    assertThat(from.le32()).as("services").isZero();
    assertThat(from.le32()).as("available modules").isZero();
    assertThat(UTime.decode(from)).isEqualTo(UTime.ZERO);
    List<Integer> releases =
        from.list(
            each -> {
              int release = each.le32();
              each.list(Decoder::string);
              return release;
            });
    assertThat(from.le64()).as("features").isZero();
    assertThat(from.le32()).as("last failure").isZero();
    assertThat(from.le32()).as("clients").isZero();
    assertThat(from.le32()).as("client names").isZero();
    assertThat(from.position())
        .as("every byte read")
        .isEqualTo(struct.end())
        .isEqualTo(bytes.length);
    return List.of(modules, releases);
  }

  @Test
  void shouldHaveTheLayoutOfTheFirstMapOfARealMonitorWhenEncoded() throws Exception {
    assertThat(walk(CephTool.recorded("mgrmap")))
        .isEqualTo(List.of(List.of("iostat", "nfs", "restful"), List.of(14, 15, 16)));
    assertThat(walk(MgrMap.none(1).encode())).isEqualTo(List.of(List.of(), List.of()));
  }
}
