package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.UTime;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.SortedMap;
import org.junit.jupiter.api.Test;

/** Payloads of steps as real clients and OSDs wrote them, read and written again. */
class OpPayloadTest {
  private static OsdOp input(String frame) {
    return RecordedFrames.request(frame).ops().get(0);
  }

  private static OsdOp output(String frame) {
    return RecordedFrames.reply(frame).ops().get(0);
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }

  private static List<String> texts(Iterable<byte[]> keys) {
    List<String> texts = new java.util.ArrayList<>();
    keys.forEach(key -> texts.add(new String(key, StandardCharsets.UTF_8)));
    return texts;
  }

  @Test
  void shouldReadAStat() {
    ObjectStat stat = ObjectStat.decode(output("reply-stat").data());
    assertThat(stat.size()).isEqualTo(100_000);
    assertThat(stat.modified().seconds()).isNotZero();
    assertThat(stat.encode()).isEqualTo(output("reply-stat").data());
    assertThat(new ObjectStat(5, new UTime(1, 2)).encode()).hasSize(16);
  }

  @Test
  void shouldReadAListingOfAGroupWithAndWithoutObjects() {
    PgListing empty = PgListing.decode(output("reply-pgnls-1-empty").data());
    assertThat(empty.entries()).isEmpty();
    assertThat(empty.encode()).isEqualTo(output("reply-pgnls-1-empty").data());
    PgListing full = PgListing.decode(output("reply-pgnls-many").data());
    assertThat(full.entries()).isNotEmpty().allMatch(entry -> entry.name().startsWith("n"));
    assertThat(full.encode()).isEqualTo(output("reply-pgnls-many").data());
    assertThat(RecordedFrames.reply("reply-pgnls-many").result()).isEqualTo(PgListing.GROUP_DONE);
  }

  @Test
  void shouldBuildTheListingRequestThatLibradosSends() {
    OsdOp recorded = input("op-pgnls");
    OpArgs.PgList args = recorded.argument(OpArgs.PgList.class);
    ListCursor from = ListCursor.decode(recorded.reader());
    assertThat(OsdOp.list(args.count(), args.startEpoch(), from)).isEqualTo(recorded);
  }

  @Test
  void shouldReadAttributeNameAndValue() {
    OsdOp set = input("op-setxattr");
    assertThat(set.attrName()).isEqualTo("k");
    assertThat(set.attrValue()).isEqualTo(bytes("v"));
    assertThat(OsdOp.attr(OpCode.SETXATTR, "k", bytes("v"))).isEqualTo(set);
    assertThat(input("op-getxattr-2").attrName()).isEqualTo("none");
    assertThat(OsdOp.attr(OpCode.GETXATTR, "none", new byte[0])).isEqualTo(input("op-getxattr-2"));
    assertThat(OsdOp.attr(OpCode.RMXATTR, "colour", new byte[0])).isEqualTo(input("op-rmxattr"));
  }

  @Test
  void shouldReadAllAttributes() {
    byte[] recorded = output("reply-getxattrs-1").data();
    SortedMap<String, byte[]> attrs = Attrs.decode(recorded);
    assertThat(attrs).containsOnlyKeys("k");
    assertThat(attrs.get("k")).isEqualTo(bytes("v"));
    assertThat(Attrs.encode(attrs)).isEqualTo(recorded);
  }

  @Test
  void shouldReadOmapRequests() {
    assertThat(OmapQuery.decodeForKeys(input("op-omap-get-keys").data()))
        .isEqualTo(new OmapQuery(bytes("k1"), 10, new byte[0]));
    OmapQuery values = OmapQuery.decodeForValues(input("op-omap-get-vals").data());
    assertThat(values.encodeForValues()).isEqualTo(input("op-omap-get-vals").data());
    assertThat(texts(OmapEntries.decodeKeys(input("op-omap-get-vals-by-keys").data())))
        .containsExactly("k1", "zz");
    SortedMap<byte[], byte[]> set = OmapEntries.decode(input("op-omap-set-vals-2").data());
    assertThat(texts(set.keySet())).containsExactly("k1", "k2", "k3");
    assertThat(set.get(bytes("k3"))).isEqualTo(bytes("v3"));
    assertThat(OsdOp.payload(OpCode.OMAP_SET_VALS, OmapEntries.encode(set)))
        .isEqualTo(input("op-omap-set-vals-2"));
    assertThat(OmapEntries.encodeKeys(List.of(bytes("k2"))))
        .isEqualTo(input("op-omap-rm-keys").data());
  }

  @Test
  void shouldReadOmapReplies() {
    OmapPage values = OmapPage.decodeValues(output("reply-omap-get-vals-2").data());
    assertThat(texts(values.entries().keySet())).containsExactly("k1", "k2");
    assertThat(values.more()).isTrue();
    assertThat(values.encodeValues()).isEqualTo(output("reply-omap-get-vals-2").data());
    OmapPage keys = OmapPage.decodeKeys(output("reply-omap-get-keys").data());
    assertThat(texts(keys.entries().keySet())).containsExactly("k2", "k3");
    assertThat(keys.more()).isFalse();
    assertThat(keys.encodeKeys()).isEqualTo(output("reply-omap-get-keys").data());
    byte[] byKeys = output("reply-omap-get-vals-by-keys").data();
    assertThat(OmapEntries.encode(OmapEntries.decode(byKeys))).isEqualTo(byKeys);
  }

  @Test
  void shouldReadOmapRangesAndConditions() {
    byte[] recorded = input("op-omap-rm-key-range").data();
    assertThat(new OmapRange(bytes("a"), bytes("b")).encode()).isEqualTo(recorded);
    assertThat(OmapRange.decode(recorded).end()).isEqualTo(bytes("b"));
    OmapCondition condition = new OmapCondition(bytes("k"), bytes("v"), OmapCondition.GREATER);
    OmapCondition again = OmapCondition.decode(OmapCondition.encode(List.of(condition))).get(0);
    assertThat(again).usingRecursiveComparison().isEqualTo(condition);
  }

  @Test
  void shouldOrderAndFilterKeysAsUnsignedBytes() {
    OmapQuery query = new OmapQuery(new byte[] {0x7f}, 5, new byte[] {(byte) 0x80});
    assertThat(query.wants(new byte[] {(byte) 0x80, 1})).isTrue();
    assertThat(query.wants(new byte[] {0x7f, 1})).isFalse();
    assertThat(new OmapQuery(bytes("b"), 5, new byte[0]).wants(bytes("b"))).isFalse();
  }

  @Test
  void shouldRefuseANameThatIsNotTextOrNotThere() {
    byte[] data = {(byte) 0xff, (byte) 0xfe};
    OsdOp notText = OsdOp.of(OpCode.GETXATTR, new OpArgs.Attr(2, 0, 0, 0), data);
    assertThatThrownBy(notText::attrName)
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("UTF-8");
    OsdOp tooShort = OsdOp.of(OpCode.SETXATTR, new OpArgs.Attr(1, 2, 0, 0), data);
    assertThatThrownBy(tooShort::attrValue).isInstanceOf(MalformedInputException.class);
    OsdOp negative = OsdOp.of(OpCode.SETXATTR, new OpArgs.Attr(-1, 1, 0, 0), data);
    assertThatThrownBy(negative::attrValue).isInstanceOf(MalformedInputException.class);
  }

  @Test
  void shouldReadPoolStatisticsAsRadosPrintsThem() {
    RecordedFrames.Frame frame = RecordedFrames.frame("get_pool_stats_reply-2");
    PoolStats bench =
        MGetPoolStatsReply.decode(frame.version(), frame.tid(), frame.front()).pools().get("bench");
    assertThat(bench.bytes()).isEqualTo(4_827_704);
    assertThat(bench.objects()).isEqualTo(7);
    assertThat(bench.copies()).isEqualTo(7);
    assertThat(bench.reads()).isEqualTo(8);
    assertThat(bench.readKib()).isEqualTo(419);
    assertThat(bench.writes()).isEqualTo(10);
    assertThat(bench.writtenKib()).isEqualTo(4814);
    assertThat(bench.storedBytes()).isEqualTo(327_709);
    assertThat(bench.allocatedBytes()).isEqualTo(335_872);
    assertThat(bench.stores()).isEqualTo(1);
    MGetPoolStatsReply reply =
        MGetPoolStatsReply.decode(frame.version(), frame.tid(), frame.front());
    byte[] again = reply.toEnvelope().front();
    assertThat(again).hasSameSizeAs(frame.front());
    assertThat(MGetPoolStatsReply.decode(2, frame.tid(), again)).isEqualTo(reply);
  }
}
