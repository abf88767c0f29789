package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Decoder;
import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import java.util.HexFormat;
import org.junit.jupiter.api.Test;

/** The frames that identify a session, byte by byte. (ceph: msg/async/frames_v2.h) */
class SessionFramesTest {
  private static final EntityAddr ADDR = EntityAddr.msgr2("127.0.0.1", 6800, 0x0a0b0c0d);

  /** One address: version 1 struct of 28 bytes, type msgr2, nonce, an IPv4 sockaddr of 16 bytes. */
  private static final String ADDR_BYTES =
      "01 0101 1c000000 02000000 0d0c0b0a 10000000 0200 1a90 7f000001 0000000000000000";

  private static final String VECTOR = "02 01000000 " + ADDR_BYTES;

  private static byte[] bytes(String hex) {
    return HexFormat.of().parseHex(hex.replace(" ", ""));
  }

  @Test
  void shouldLayOutClientIdent() {
    ClientIdent ident =
        new ClientIdent(
            AddrVec.of(ADDR), ADDR, 7, 8, new ClientIdent.Features(9, 10, 11), 0x1122334455667788L);
    byte[] expected =
        bytes(
            VECTOR
                + ADDR_BYTES
                + "0700000000000000 0800000000000000 0900000000000000 0a00000000000000"
                + "0b00000000000000 8877665544332211");
    assertThat(ident.encode().toByteArray()).isEqualTo(expected);
    assertThat(ClientIdent.decode(new Decoder(expected))).isEqualTo(ident);
  }

  @Test
  void shouldLayOutServerIdent() {
    ServerIdent ident =
        new ServerIdent(AddrVec.of(ADDR), 7, 8, new ClientIdent.Features(9, 10, 0), -2);
    byte[] expected =
        bytes(
            VECTOR
                + "0700000000000000 0800000000000000 0900000000000000 0a00000000000000"
                + "0000000000000000 feffffffffffffff");
    assertThat(ident.encode().toByteArray()).isEqualTo(expected);
    assertThat(ServerIdent.decode(new Decoder(expected))).isEqualTo(ident);
  }

  @Test
  void shouldLayOutReconnect() {
    Reconnect reconnect = new Reconnect(AddrVec.of(ADDR), 1, 2, 3, 4, 5);
    byte[] expected =
        bytes(
            VECTOR
                + "0100000000000000 0200000000000000 0300000000000000 0400000000000000"
                + "0500000000000000");
    assertThat(reconnect.encode().toByteArray()).isEqualTo(expected);
    assertThat(Reconnect.decode(new Decoder(expected))).isEqualTo(reconnect);
  }

  @Test
  void shouldNumberTheFramesAsCephDoes() {
    assertThat(
            new int[] {
              Tag.SESSION_RECONNECT,
              Tag.SESSION_RESET,
              Tag.SESSION_RETRY,
              Tag.SESSION_RETRY_GLOBAL,
              Tag.SESSION_RECONNECT_OK,
              Tag.WAIT,
              Tag.ACK
            })
        .containsExactly(11, 12, 13, 14, 15, 16, 20);
  }
}
