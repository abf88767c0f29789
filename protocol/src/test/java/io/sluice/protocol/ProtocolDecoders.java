package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.DecoderTarget;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EVersion;
import io.sluice.types.Envelope;
import io.sluice.types.UTime;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * Every decoder of this module: messages of clients and monitors, messages between OSDs, maps,
 * payloads of operations.
 *
 * <p>Bytes of a message: {@code u8 version | le16 length | data segment | front}.
 */
final class ProtocolDecoders {
  static final List<DecoderTarget> ALL =
      Stream.of(maps(), payloads(), peerMessages(), messages(), List.of(incremental()))
          .flatMap(List::stream)
          .toList();

  private ProtocolDecoders() {}

  private static byte[] recorded(String name) {
    try {
      return CephTool.recorded(name);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static List<DecoderTarget> maps() {
    OsdMapBuilder builder = MapSamples.cluster(3, 1).next(MapSamples.NOW);
    builder.createPool("p", 3, 2, 8, OsdMapBuilder.RULE_HOST);
    Encoder table = new Encoder();
    PgTable.next(PgTable.EMPTY, builder.build()).encode(table);
    return List.of(
        DecoderTarget.of("osdmap", ProtocolDecoders::osdMap, recorded("osdmap")),
        DecoderTarget.of("crush", bytes -> CrushCodec.decode(bytes).hosts(), recorded("crush")),
        DecoderTarget.of("monmap", MonMap::decode, recorded("monmap")),
        DecoderTarget.of(
            "pg table", bytes -> PgTable.decode(new Decoder(bytes)).pgTemp(), table.toByteArray()));
  }

  /** The checksum is made right, so that damage gets past it; then every group is placed. */
  private static void osdMap(byte[] bytes) {
    byte[] sealed = bytes.clone();
    int crcAt = sealed.length - 4;
    if (crcAt >= 0) {
      int crc = Crc32c.update(Crc32c.SEED, sealed, 0, crcAt);
      for (int i = 0; i < 4; i++) {
        sealed[crcAt + i] = (byte) (crc >>> 8 * i);
      }
    }
    osdMap(OsdMap.decode(sealed));
  }

  private static void osdMap(OsdMap map) {
    map.pools().stream()
        .filter(pool -> pool.pgNum() < 100)
        .forEach(pool -> pool.pgs().forEach(map::mapping));
    assertThat(OsdMap.decode(map.encode()).epoch()).isEqualTo(map.epoch());
  }

  /** Samples are changes of all kinds; each is made one of the same map, and fits as it may. */
  private static DecoderTarget incremental() {
    List<RecordedEpochs> all = RecordedEpochs.all();
    OsdMapFields before = OsdMapDecoder.decode(all.get(all.size() / 2).map());
    return new DecoderTarget(
        "osdmap incremental",
        all.stream().map(RecordedEpochs::incremental).toList(),
        bytes -> {
          OsdMapIncremental changes = OsdMapIncremental.decode(OsdMapIncrementalTest.sealed(bytes));
          changes.fsid = before.fsid;
          changes.epoch = before.epoch + 1;
          osdMap(new OsdMap(new OsdMapUpdate(before, changes).apply()));
        });
  }

  private static List<DecoderTarget> payloads() {
    byte[] sample = {1, 0, 0, 0, 1, 0, 0, 0, 97, 2, 0, 0, 0, 98, 99, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0};
    return List.of(
        DecoderTarget.of("stat", ObjectStat::decode, sample),
        DecoderTarget.of("listing", PgListing::decode, sample),
        DecoderTarget.of("omap", OmapEntries::decode, sample),
        DecoderTarget.of("omap keys", OmapEntries::decodeKeys, sample),
        DecoderTarget.of("omap query of keys", OmapQuery::decodeForKeys, sample),
        DecoderTarget.of("omap query of values", OmapQuery::decodeForValues, sample),
        DecoderTarget.of("omap page of keys", OmapPage::decodeKeys, sample),
        DecoderTarget.of("omap page of values", OmapPage::decodeValues, sample),
        DecoderTarget.of("omap range", OmapRange::decode, sample),
        DecoderTarget.of("omap condition", OmapCondition::decode, sample),
        DecoderTarget.of("attributes", Attrs::decode, sample),
        DecoderTarget.of("cursor", bytes -> ListCursor.decode(new Decoder(bytes)), sample),
        DecoderTarget.of(
            "front in data", ProtocolDecoders::frontInData, new byte[] {2, 9, 0, 0, 0}),
        DecoderTarget.of(
            "scrub listing", bytes -> ScrubListing.Query.decode(new Decoder(bytes)), query()),
        DecoderTarget.of(
            "scrub facts", bytes -> ScrubFacts.decode(new Decoder(bytes)), scrubFacts()));
  }

  /** {@code u8 version of the message | front}. */
  private static void frontInData(byte[] bytes) {
    Decoder from = new Decoder(bytes);
    int version = from.u8();
    assertThat(PeerMessage.frontInData(version, from.raw(from.remaining()), 1000))
        .isBetween(0, 1000);
  }

  private static byte[] query() {
    return new ScrubListing.Query(5, true, "name", "space", 7, 100).encode();
  }

  private static byte[] scrubFacts() {
    Encoder to = new Encoder();
    ScrubFacts.NONE.deepScrubbed(new EVersion(4, 5), new UTime(6, 7), 1, 2, 3).encode(to);
    return to.toByteArray();
  }

  private static List<DecoderTarget> peerMessages() {
    Map<Integer, List<byte[]>> samples = new TreeMap<>();
    PeerMessageTest.messages()
        .forEach(
            message ->
                samples
                    .computeIfAbsent(message.type(), type -> new ArrayList<>())
                    .add(message.encodeFront()));
    for (int type : new int[] {PeerMessage.PUSH, PeerMessage.REP_OP}) {
      samples.computeIfAbsent(type, each -> List.of(samples.get(PeerMessage.PULL).get(0)));
    }
    return samples.entrySet().stream()
        .map(
            each ->
                new DecoderTarget(
                    "peer message 0x" + Integer.toHexString(each.getKey()),
                    each.getValue(),
                    bytes -> peerMessage(each.getKey(), bytes)))
        .toList();
  }

  private static void peerMessage(int type, byte[] bytes) {
    PeerMessage message = PeerMessage.decode(type, bytes);
    assertThat(PeerMessage.scopeOf(bytes)).isEqualTo(message.scope());
    message.encodeFront();
  }

  private static List<DecoderTarget> messages() {
    Map<Integer, List<byte[]>> samples = new TreeMap<>();
    MessageReader.types().forEach(type -> samples.put(type, new ArrayList<>()));
    for (RecordedFrames.Frame frame : RecordedFrames.all().values()) {
      samples.get(frame.type()).add(sample(frame.version(), frame.front(), frame.data()));
    }
    PgEntry entry =
        new PgEntry(new io.sluice.types.PgId(1, 4), 9, List.of(0, 1), List.of(1), 1, List.of(1));
    Stream.concat(
            SluiceMessagesTest.messages(),
            Stream.of(
                new ClusterMap(10, new byte[9], List.of(entry, entry)),
                new MCommand(3, MapSamples.FSID, List.of("{\"prefix\": \"version\"}")),
                new MCommandReply(3, -22, "no"),
                new MWatchNotify(MWatchNotify.NOTIFY, 1, 2, 3, new byte[] {4}, 0, 5),
                new OsdStats(2, 9, 8, List.of(groupStats()), 1, 30, 40)))
        .forEach(
            message -> {
              try (Envelope sent = message.toEnvelope()) {
                samples.get(sent.type()).add(sample(sent.version(), sent.front(), new byte[0]));
              }
            });
    return samples.entrySet().stream()
        .map(
            each ->
                new DecoderTarget(
                    "message 0x" + Integer.toHexString(each.getKey()),
                    each.getValue(),
                    bytes -> message(each.getKey(), bytes)))
        .toList();
  }

  private static PgStats groupStats() {
    io.sluice.types.PgId group = new io.sluice.types.PgId(1, 4);
    return new PgStats(
        group, "active", new EVersion(4, 5), 1, 2, 3, 4, 5, 6, 7, 8, 9, ScrubFacts.NONE);
  }

  private static byte[] sample(int version, byte[] front, byte[] data) {
    byte[] kept = data.length > 0xffff ? new byte[0] : data;
    return new Encoder().u8(version).le16(kept.length).raw(kept).raw(front).toByteArray();
  }

  private static void message(int type, byte[] bytes) {
    Decoder from = new Decoder(bytes);
    int version = from.u8();
    byte[] data = from.raw(from.le16());
    Message message = MessageReader.read(type, version, 1, from.raw(from.remaining()), data);
    message.toEnvelope().close();
    if (message instanceof MOSDOp op) {
      op.ops().forEach(ProtocolDecoders::look);
    }
    assertThat(Arrays.asList(message)).doesNotContainNull();
  }

  /** What an OSD does with a step's arguments. */
  private static void look(OsdOp step) {
    if (step.code().onAttributes()) {
      try {
        step.attrName();
        step.attrValue();
      } catch (MalformedInputException refused) {
        assertThat(refused).hasMessageMatching("(?s).+");
      }
    }
  }
}
