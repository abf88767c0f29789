package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.types.AddrVec;
import io.sluice.types.EntityAddr;
import io.sluice.types.Envelope;
import io.sluice.types.PgId;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The messages between Sluice's own daemons, and those that no recording holds. */
class SluiceMessagesTest {
  private static final UUID FSID = UUID.fromString("00112233-4455-6677-8899-aabbccddeeff");

  static Stream<Message> messages() {
    AddrVec addrs = AddrVec.of(EntityAddr.msgr2("127.0.0.1", 6800, 99));
    PgId pg = new PgId(3, 7);
    return Stream.of(
        new OsdBoot(2, FSID, addrs, "host", 1L << 40),
        new OsdBeacon(2, 17, 123_456_789_012L),
        new OsdLease(123_456_789_012L, 3_000_000_000L, 18),
        new OsdFailure(3, 99),
        new OsdStopping(3),
        new PgRecovered(pg, 12, List.of(0, 1, 2)),
        new ClusterMapSubscribe(4),
        new ReportsSubscribe("b"),
        new PgScrub(pg, true, false),
        new MLogAck(FSID, 77, "cluster"),
        new MOSDBackoff(pg, 255, 9, MOSDBackoff.UNBLOCK, 4, new Opaque(new byte[] {1, 2})),
        new MPing(""),
        new MPing("well"),
        new MMonGetMap(),
        new MMonSubscribeAck(300, FSID),
        new MMonSubscribe(
            Map.of("osdmap", MMonSubscribe.Item.once(4), "monmap", MMonSubscribe.Item.from(0)),
            "h"),
        new MConfig(Map.of("a", "b", "c", "d")),
        new MStatfs(5, 0, FSID, 3L),
        new MStatfs(5, 0, FSID, null));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void shouldBeTheSameWhenSentAndRead(Message message) {
    Envelope sent = message.toEnvelope();
    assertThat(sent.type()).isEqualTo(message.type());
    assertThat(
            MessageReader.read(sent.type(), sent.version(), sent.tid(), sent.front(), new byte[0]))
        .isEqualTo(message);
  }

  @Test
  void shouldCarryAClusterMap() {
    PgEntry entry = new PgEntry(new PgId(1, 4), 9, List.of(0, 1), List.of(1), 1, List.of(1));
    ClusterMap read =
        ClusterMap.decode(
            1, new ClusterMap(10, new byte[] {1, 2, 3}, List.of(entry)).toEnvelope().front());
    assertThat(read.epoch()).isEqualTo(10);
    assertThat(read.osdMap()).containsExactly(1, 2, 3);
    assertThat(read.pgs()).containsExactly(entry);
  }

  @Test
  void shouldLayABeaconOutAsWritten() {
    assertThat(new OsdBeacon(2, 17, 0x0102030405060708L).toEnvelope().front())
        .containsExactly(1, 1, 16, 0, 0, 0, 2, 0, 0, 0, 17, 0, 0, 0, 8, 7, 6, 5, 4, 3, 2, 1);
  }

  @Test
  void shouldSendBeaconsAndLeasesBeforeBulk() {
    assertThat(new OsdBeacon(0, 0, 0).toEnvelope().priority()).isEqualTo(Envelope.PRIORITY_HIGH);
    assertThat(new OsdLease(0, 0, 0).toEnvelope().priority()).isEqualTo(Envelope.PRIORITY_HIGH);
  }

  @Test
  void shouldWriteTheFsidInTheOrderItIsWritten() {
    byte[] front = new MMonSubscribeAck(0, FSID).toEnvelope().front();
    assertThat(front)
        .hasSize(20)
        .startsWith(0, 0, 0, 0, 0x00, 0x11, 0x22, 0x33, 0x44, 0x55, 0x66, 0x77, 0x88);
  }

  @Test
  void shouldReadBackAPoolOpsOutput() {
    MPoolOpReply reply = new MPoolOpReply(4, 9, FSID, 0, 10, new byte[] {5, 0, 0, 0, 0, 0, 0, 0});
    MPoolOpReply read = MPoolOpReply.decode(1, 4, reply.toEnvelope().front());
    assertThat(read.output()).isEqualTo(reply.output());
    assertThat(read.epoch()).isEqualTo(10);
  }

  @Test
  void shouldReadTheCommandThatCephSends() {
    RecordedFrames.Frame frame = RecordedFrames.frame("mon_command-3");
    MMonCommand command =
        MMonCommand.decode(frame.version(), frame.tid(), frame.front(), frame.data());
    assertThat(command.command()).hasSize(1);
    assertThat(command.command().get(0)).contains("\"prefix\"", "osd pool create", "p2");
  }

  @Test
  void shouldReadTheSubscriptionThatLibradosSends() {
    RecordedFrames.Frame frame = RecordedFrames.frame("mon_subscribe-1");
    MMonSubscribe subscribe = MMonSubscribe.decode(frame.version(), frame.front());
    assertThat(subscribe.what()).containsOnlyKeys("config", "monmap");
    assertThat(subscribe.what().get("config").isOnce()).isFalse();
  }

  @Test
  void shouldDescribeErrorsAsRadosPrintsThem() {
    assertThat(Errno.describe(-2)).isEqualTo("(2) No such file or directory");
    assertThat(Errno.describe(Errno.EFBIG.result())).isEqualTo("(27) File too large");
    assertThat(Errno.describe(-4095)).isEqualTo("(4095) Unknown error 4095");
    assertThat(Errno.EOPNOTSUPP.number()).isEqualTo(95);
    assertThat(Errno.ENAMETOOLONG.number()).isEqualTo(36);
    assertThat(Errno.of(-17)).contains(Errno.EEXIST);
  }

  @Test
  void shouldKnowWhichStepsReadAndWrite() {
    assertThat(OpCode.of(0x1201)).isEqualTo(OpCode.READ);
    assertThat(OpCode.of(0x2202)).isEqualTo(OpCode.WRITE_FULL);
    assertThat(OpCode.of(0x1505)).isEqualTo(OpCode.PGNLS);
    assertThat(OpCode.of(0x9999)).isEqualTo(OpCode.UNKNOWN);
    assertThat(OpCode.TMAPUP.reads() && OpCode.TMAPUP.writes()).isTrue();
    assertThat(OpCode.CALL.reads() || OpCode.CALL.writes()).isFalse();
    assertThat(OpCode.OMAP_CMP.reads()).isTrue();
    assertThat(OpCode.SETXATTR.onAttributes()).isTrue();
    assertThat(OpFlags.toString(OpFlags.ON_DISK | OpFlags.WRITE | OpFlags.KNOWN_IF_REDIRECTED))
        .isEqualTo("ondisk+write+known_if_redirected");
  }
}
