package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.EVersion;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import io.sluice.types.RequestId;
import io.sluice.types.UTime;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Messages between OSDs come out of their fronts as they went in; cut or garbled fronts are
 * refused.
 */
class PeerMessageTest {
  private static final PeerScope SCOPE = new PeerScope(new PgId(3, 7), 42, 2);
  private static final ObjectId OBJECT = ObjectId.head(3, "space", "", "name", 0x1234);
  private static final StoreRoom ROOM = new StoreRoom(500, 7L << 40);
  private static final EVersion VERSION = new EVersion(41, 1000);
  private static final PeerPgInfo INFO =
      new PeerPgInfo(VERSION, VERSION, 40, 42, EVersion.ZERO, 99);
  private static final PeerLogEntry ENTRY =
      new PeerLogEntry(
          PeerLogEntry.Kind.ERROR,
          VERSION,
          EVersion.ZERO,
          OBJECT,
          new RequestId(EntityName.client(4100), 5, 0),
          98,
          -2,
          new UTime(1, 2),
          List.of(3L, 7L),
          List.of(new OpReturn(42, new byte[] {1, 2})));

  static Stream<PeerMessage> messages() {
    return Stream.of(
        new PeerQuery(SCOPE, VERSION),
        new PeerReport(SCOPE, INFO, ROOM, List.of(ENTRY, ENTRY)),
        new PeerPull(SCOPE, List.of(OBJECT)),
        new PeerList(SCOPE, OBJECT, 100),
        new PeerList(SCOPE, null, 100),
        new PeerListing(SCOPE, List.of(new PeerListing.Copy(OBJECT, VERSION)), OBJECT),
        new PeerListing(SCOPE, List.of(), null),
        new PeerActivate(SCOPE, INFO, true, VERSION, List.of(ENTRY)),
        new PeerActivated(SCOPE, ROOM),
        new PushReply(SCOPE, OBJECT, VERSION, true),
        new RepOpReply(SCOPE, VERSION, ROOM),
        new RepPiece(SCOPE, 5, 4 << 20, 1 << 20, true),
        new RepDrop(SCOPE, 5),
        new RepRefused(SCOPE, 6, ROOM));
  }

  @ParameterizedTest
  @MethodSource("messages")
  void shouldComeBackAsItWas(PeerMessage message) {
    try (Envelope envelope = message.toEnvelope()) {
      assertThat(PeerMessage.covers(envelope.type())).isTrue();
      assertThat(PeerMessage.decode(envelope.type(), envelope.front())).isEqualTo(message);
    }
  }

  @ParameterizedTest
  @MethodSource("messages")
  void shouldRefuseEveryCut(PeerMessage message) {
    byte[] front = message.encodeFront();
    for (int length = 0; length < front.length; length++) {
      byte[] cut = Arrays.copyOf(front, length);
      assertThatThrownBy(() -> PeerMessage.decode(message.type(), cut))
          .isInstanceOf(MalformedInputException.class);
    }
  }

  @Test
  void shouldPutAFrontThatIsTooLongBeforeItsData() {
    byte[] value = new byte[PeerMessage.FRONT_BYTES_MAX];
    RepOp op = new RepOp(SCOPE, ENTRY, List.of(new RepChange.OmapSet(value, value)), false);
    byte[] bytes = {5, 6, 7};
    int crc = Crc32c.update(Crc32c.SEED, bytes);
    for (Integer known : Arrays.asList(null, crc)) {
      try (Envelope envelope = op.toEnvelope(BufferList.wrap(bytes), new byte[] {1}, known)) {
        assertThat(envelope.front()).hasSizeLessThan(10);
        assertThat(envelope.middle()).isEmpty();
        byte[] all = envelope.data().toByteArray(null, Inspection.DEBUG);
        int length =
            PeerMessage.frontInData(envelope.version(), envelope.front(), envelope.payloadLength());
        assertThat(length).isEqualTo(all.length - bytes.length);
        byte[] front = Arrays.copyOf(all, length);
        assertThat(PeerMessage.decode(envelope.type(), front).encodeFront())
            .isEqualTo(op.encodeFront());
        assertThat(Arrays.copyOfRange(all, length, all.length)).isEqualTo(bytes);
        if (known != null) {
          assertThat(envelope.dataCrc()).isEqualTo(Crc32c.update(Crc32c.SEED, all));
        }
        assertThatThrownBy(
                () -> PeerMessage.frontInData(envelope.version(), envelope.front(), length - 1))
            .isInstanceOf(MalformedInputException.class);
      }
    }
  }

  @Test
  void shouldBeTheSameWhenDraftedForSeveral() {
    byte[] bytes = {5, 6, 7};
    int crc = Crc32c.update(Crc32c.SEED, bytes);
    for (int length : new int[] {0, 1000, 300_000, PeerMessage.FRONT_BYTES_MAX}) {
      List<RepChange> changes = List.of(new RepChange.OmapSet(new byte[length], bytes));
      RepOpDraft draft = new RepOpDraft(ENTRY, changes);
      for (int round = 1; round < 3; round++) {
        PeerScope scope = new PeerScope(SCOPE.pg(), SCOPE.interval(), round);
        RepOp op = new RepOp(scope, ENTRY, changes, true, 77);
        BufferList data = BufferList.wrap(bytes);
        try (Envelope sent = draft.toEnvelope(scope, true, 77, data, new byte[0], crc)) {
          byte[] all = sent.data().toByteArray(null, Inspection.DEBUG);
          int inData = PeerMessage.frontInData(sent.version(), sent.front(), all.length);
          byte[] front = inData == 0 ? sent.front() : Arrays.copyOf(all, inData);
          assertThat(front).isEqualTo(op.encodeFront());
          assertThat(Arrays.copyOfRange(all, inData, all.length)).isEqualTo(bytes);
          assertThat(sent.dataCrc()).isEqualTo(Crc32c.update(Crc32c.SEED, all));
        }
      }
    }
  }

  @Test
  void shouldCarryEveryChange() {
    byte[] key = {1};
    byte[] value = {2, 3};
    List<RepChange> changes =
        List.of(
            new RepChange.Touch(),
            new RepChange.Write(5, 100),
            new RepChange.Zero(1, 2),
            new RepChange.Truncate(9),
            new RepChange.Remove(),
            new RepChange.SetAttr("_", value),
            new RepChange.RemoveAttr("x"),
            new RepChange.OmapSet(key, value),
            new RepChange.OmapRemove(key),
            new RepChange.OmapRemoveRange(key, value),
            new RepChange.OmapClear(),
            new RepChange.Write(0, 11));
    RepOp streamed = new RepOp(SCOPE, ENTRY, changes, false, 77);
    assertThat(PeerMessage.decode(PeerMessage.REP_OP, streamed.encodeFront()))
        .isInstanceOfSatisfying(RepOp.class, found -> assertThat(found.stream()).isEqualTo(77));
    assertThat(streamed.dataLength()).isZero();
    RepOp op = new RepOp(SCOPE, ENTRY, changes, true);
    try (Envelope envelope = op.toEnvelope(BufferList.wrap(new byte[111]), new byte[0], 17)) {
      RepOp found = (RepOp) PeerMessage.decode(envelope.type(), envelope.front());
      assertThat(found.dataLength()).isEqualTo(111).isEqualTo(envelope.data().length());
      assertThat(found.spliced()).isTrue();
      assertThat(found.encodeFront()).isEqualTo(op.encodeFront());
      assertThat(envelope.dataCrc()).isEqualTo(17);
    }
  }

  @Test
  void shouldCarryAPieceOfAnObject() {
    PushObject piece =
        new PushObject(
            SCOPE,
            OBJECT,
            VERSION,
            true,
            false,
            true,
            false,
            100,
            50,
            Map.of("_", new byte[] {1}, "_a", new byte[0]),
            List.of(new PushObject.OmapEntry(new byte[] {1}, new byte[] {2})));
    PushObject found = (PushObject) PeerMessage.decode(PeerMessage.PUSH, piece.encodeFront());
    assertThat(found.encodeFront()).isEqualTo(piece.encodeFront());
    assertThat(found.first()).isTrue();
    assertThat(found.last()).isFalse();
    assertThat(found.in(new PeerScope(new PgId(3, 7), 43, 1)).scope().interval()).isEqualTo(43);
  }

  @Test
  void shouldRefuseUnknownTypes() {
    assertThatThrownBy(
            () -> PeerMessage.decode(0x703f, new PeerActivated(SCOPE, ROOM).encodeFront()))
        .isInstanceOf(MalformedInputException.class);
  }
}
