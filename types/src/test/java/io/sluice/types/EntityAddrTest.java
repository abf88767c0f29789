package io.sluice.types;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

class EntityAddrTest {
  /** As it stands in a monmap that monmaptool 16.2.15 made with --addv a [v2:127.0.0.1:6800/42]. */
  private static final String CEPH =
      "0101011c000000020000002a0000001000000002001a907f0000010000000000000000";

  @Test
  void shouldEncodeAsCephDoesWhenAddressIsMsgr2() {
    Encoder encoder = new Encoder();
    EntityAddr.msgr2("127.0.0.1", 6800, 42).encode(encoder);
    assertThat(HexFormat.of().formatHex(encoder.toByteArray())).isEqualTo(CEPH);
  }

  @Test
  void shouldReadLegacyAddressWhenMarkerIsZero() {
    Encoder legacy = new Encoder();
    legacy.le32(0).le32(7).u8(0).u8(2).be16(6789).raw(new byte[] {10, 0, 0, 1}).zeros(120);
    assertThat(AddrVec.decode(new Decoder(legacy.toByteArray())).addrs())
        .containsExactly(new EntityAddr(EntityAddr.LEGACY, 7, "10.0.0.1", 6789));
  }

  @Test
  void shouldBeEqualWhenTheSameAddressIsSpeltOtherwise() {
    assertThat(EntityAddr.msgr2("::1", 1, 2)).isEqualTo(EntityAddr.msgr2("0:0:0:0:0:0:0:1", 1, 2));
  }

  @Test
  void shouldRefuseWhenAddressIsAName() {
    assertThatThrownBy(() -> EntityAddr.msgr2("localhost", 1, 2))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldPrintAsCephDoesWhenShown() {
    assertThat(EntityAddr.msgr2("127.0.0.1", 6800, 42)).hasToString("v2:127.0.0.1:6800/42");
    assertThat(EntityAddr.BLANK).hasToString("-");
    assertThat(new PgId(2, 0x1e)).hasToString("2.1e");
    assertThat(new EVersion(12, 1)).hasToString("12'1");
    assertThat(ObjectId.head(2, "", "", "o1", 0xcf0d001e)).hasToString("2:7800b0f3:::o1:head");
    assertThat(EntityName.osd(3)).hasToString("osd.3");
  }

  @Test
  void shouldOrderByEpochThenVersionWhenVersionsAreCompared() {
    assertThat(new EVersion(2, 1)).isGreaterThan(new EVersion(1, 9));
    assertThat(new EVersion(2, 2)).isGreaterThan(new EVersion(2, 1));
    assertThat(EVersion.ZERO).isLessThan(new EVersion(0, 1));
  }
}
