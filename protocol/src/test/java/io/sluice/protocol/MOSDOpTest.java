package io.sluice.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import io.sluice.types.RequestId;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.Test;

class MOSDOpTest {
  private static final ObjectId OBJECT = ObjectId.head(2, "", "", "o1", 0xcf0d001e);
  private static final PgId PG = new PgId(2, 0x1e);
  private static final int WRITE = OpFlags.ON_DISK | OpFlags.WRITE | OpFlags.KNOWN_IF_REDIRECTED;

  @Test
  void shouldBuildThePutThatLibradosSends() {
    RecordedFrames.Frame recorded = RecordedFrames.frame("op-writefull");
    MOSDOp theirs = MOSDOp.decode(8, recorded.tid(), recorded.front(), recorded.dataLength());
    MOSDOp ours =
        MOSDOp.of(
                theirs.object(),
                theirs.pg(),
                theirs.epoch(),
                WRITE,
                List.of(OsdOp.writeApart(OpCode.WRITE_FULL, 0, 100_000)))
            .withTid(recorded.tid())
            .withMtime(theirs.mtime())
            .withFeatures(theirs.features());
    assertThat(ours).isEqualTo(theirs);
    try (Envelope envelope =
        ours.toEnvelope(BufferList.wrap(new byte[100_000]), new byte[0], null)) {
      assertThat(envelope.front()).isEqualTo(recorded.front());
      assertThat(envelope.data().length()).isEqualTo(recorded.dataLength());
    }
  }

  @Test
  void shouldBuildTheListingThatLibradosSends() {
    RecordedFrames.Frame recorded = RecordedFrames.frame("op-pgnls");
    MOSDOp theirs = RecordedFrames.request("op-pgnls");
    MOSDOp ours =
        MOSDOp.of(theirs.object(), theirs.pg(), theirs.epoch(), theirs.flags(), theirs.ops())
            .withTid(recorded.tid())
            .withMtime(theirs.mtime())
            .withFeatures(theirs.features());
    assertThat(ours).isEqualTo(theirs);
  }

  @Test
  void shouldSayWhereEachPayloadLiesWhenOnlyTheFrontIsThere() {
    RecordedFrames.Frame recorded = RecordedFrames.frame("op-create+write+append+zero+truncate");
    MOSDOp op = MOSDOp.decode(8, 1, recorded.front(), recorded.dataLength());
    assertThat(op.ops())
        .extracting(OsdOp::code)
        .containsExactly(OpCode.CREATE, OpCode.WRITE, OpCode.APPEND, OpCode.ZERO, OpCode.TRUNCATE);
    assertThat(op.ops()).extracting(OsdOp::dataOffset).containsExactly(0L, 0L, 5L, 7L, 7L);
    assertThat(op.ops()).extracting(OsdOp::dataLength).containsExactly(0, 5, 2, 0, 0);
    assertThat(op.ops().get(1).hasData()).isFalse();
    assertThat(op.ops().get(1).extent().offset()).isEqualTo(3);
    assertThat(op.ops().get(3).extent()).isEqualTo(new OpArgs.Extent(2, 0, 0, 0));
    assertThat(op.attach(recorded::read).ops().get(2).data()).isEqualTo(new byte[] {'x', 'x'});
    assertThat(op.dataLength()).isEqualTo(7);
    assertThat(op.writes()).isTrue();
  }

  @Test
  void shouldKeepALargePayloadApartWhenTheReaderHasOnlySmallOnes() {
    MOSDOp op =
        MOSDOp.of(
            OBJECT,
            PG,
            5,
            WRITE,
            List.of(
                OsdOp.attr(OpCode.SETXATTR, "a", new byte[] {1, 2}),
                OsdOp.writeApart(OpCode.WRITE, 0, 4096)));
    byte[] segment = new byte[3 + 4096];
    Arrays.fill(segment, 3, segment.length, (byte) 7);
    segment[0] = 'a';
    segment[1] = 1;
    segment[2] = 2;
    try (Envelope sent =
        op.toEnvelope(
            BufferList.wrap(Arrays.copyOfRange(segment, 3, segment.length)), new byte[0], null)) {
      assertThat(sent.data().toByteArray(null, Inspection.DEBUG)).isEqualTo(segment);
      MOSDOp got = MOSDOp.decode(8, 0, sent.front(), segment.length);
      MOSDOp attached =
          got.attach(
              (offset, length) ->
                  length > 100
                      ? null
                      : Arrays.copyOfRange(segment, (int) offset, (int) offset + length));
      assertThat(attached).isEqualTo(op);
      assertThat(attached.ops().get(1).hasData()).isFalse();
    }
  }

  @Test
  void shouldRefuseToSendWhenPayloadIsMissingOrTooMuch() {
    MOSDOp op = MOSDOp.of(OBJECT, PG, 5, WRITE, List.of(OsdOp.writeApart(OpCode.WRITE, 0, 10)));
    assertThatThrownBy(op::toEnvelope)
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("miss 10");
    assertThatThrownBy(() -> op.toEnvelope(BufferList.wrap(new byte[11]), new byte[0], null))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void shouldPutSeveralLargePayloadsInTheirPlaces() {
    OsdOp small = OsdOp.payload(OpCode.OMAP_SET_HEADER, new byte[] {9});
    MOSDOp op =
        MOSDOp.of(
            OBJECT,
            PG,
            5,
            WRITE,
            List.of(
                OsdOp.writeApart(OpCode.WRITE, 0, 2),
                small,
                OsdOp.writeApart(OpCode.APPEND, 0, 1)));
    try (Envelope sent = op.toEnvelope(BufferList.wrap(new byte[] {1, 2, 3}), new byte[0], 42)) {
      assertThat(sent.data().toByteArray(null, Inspection.DEBUG))
          .isEqualTo(new byte[] {1, 2, 9, 3});
      assertThat(sent.dataCrc()).isEqualTo(42);
    }
  }

  @Test
  void shouldReleaseAPayloadOnceWhenItWasSplitOverSteps() {
    int[] released = new int[1];
    BufferList payload = new BufferList();
    payload.claimAppend(
        MemorySegment.wrap(ByteBuffer.wrap(new byte[] {1, 2, 3}), () -> released[0]++));
    MOSDOp op =
        MOSDOp.of(
            OBJECT,
            PG,
            5,
            WRITE,
            List.of(OsdOp.writeApart(OpCode.WRITE, 0, 2), OsdOp.writeApart(OpCode.APPEND, 0, 1)));
    Envelope sent = op.toEnvelope(payload, new byte[0], null);
    assertThat(sent.data().segments()).hasSize(2);
    assertThat(released[0]).isZero();
    sent.close();
    assertThat(released[0]).isEqualTo(1);
  }

  @Test
  void shouldNameARequestByItsSenderUnlessItNamesAnother() {
    MOSDOp op = MOSDOp.of(OBJECT, PG, 5, WRITE, List.of()).withTid(77);
    assertThat(op.requestId(EntityName.client(4100)))
        .isEqualTo(new RequestId(EntityName.client(4100), 77, 0));
    assertThat(op.withTid(78).requestId(EntityName.client(4100)))
        .isNotEqualTo(op.requestId(EntityName.client(4100)));
  }

  @Test
  void shouldMarkAResend() {
    MOSDOp op = MOSDOp.of(OBJECT, PG, 5, WRITE, List.of()).withTid(77);
    MOSDOp again = op.resent(PG, 6, 1);
    assertThat(again.has(OpFlags.RETRY)).isTrue();
    assertThat(again.epoch()).isEqualTo(6);
    assertThat(again.retryAttempt()).isEqualTo(1);
    assertThat(again.tid()).isEqualTo(77);
  }

  @Test
  void shouldReadNamespaceAndKeyOfAnObject() {
    MOSDOp op = RecordedFrames.request("op-writefull-namespace");
    assertThat(op.object().namespace()).isEqualTo("ns1");
    assertThat(op.object().key()).isEqualTo("lk");
    assertThat(op.object().name()).isEqualTo("nsobj");
    assertThat(op.namesAreText()).isTrue();
  }

  @Test
  void shouldSayThatANameIsNotText() {
    Envelope sent = MOSDOp.of(OBJECT, PG, 5, WRITE, List.of()).toEnvelope();
    byte[] front = sent.front();
    for (int i = 0; i + 1 < front.length; i++) {
      if (front[i] == 'o' && front[i + 1] == '1') {
        front[i] = (byte) 0xff;
      }
    }
    assertThat(MOSDOp.decode(8, 0, front, 0).namesAreText()).isFalse();
  }

  @Test
  void shouldRefuseOtherVersionsAndPayloadsBeyondTheData() {
    RecordedFrames.Frame recorded = RecordedFrames.frame("op-writefull");
    assertThatThrownBy(() -> MOSDOp.decode(7, 1, recorded.front(), 100_000))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("v7");
    assertThatThrownBy(() -> MOSDOp.decode(8, 1, recorded.front(), 99_999))
        .isInstanceOf(MalformedInputException.class)
        .hasMessageContaining("100000");
  }
}
