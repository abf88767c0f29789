package io.sluice.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.PipePool;
import io.sluice.messenger.IncomingMessage;
import io.sluice.messenger.MessageHead;
import io.sluice.messenger.PayloadPlan;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.OsdMap;
import io.sluice.types.ManualLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** A caller's buffer is written to by nobody once its read is over or elsewhere. */
class ReadIntoTest {
  private static final int LENGTH = 100_000;

  private final FakeMessenger messenger = new FakeMessenger();
  private final ManualLoop loop = messenger.loop;
  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 16);
  private final Payloads payloads = new Payloads(Linux.instance(), new CopyMeter());
  private final ByteBuffer buffer = ByteBuffer.allocateDirect(LENGTH);
  private Cluster cluster;
  private OsdMap map;
  private IoContext io;
  private FakeConnection osd;
  private CompletableFuture<Integer> read;

  @BeforeEach
  void startReading() {
    map = TestMaps.first();
    ClusterConfig config = FakeMessenger.CONFIG.withOpTimeout(Duration.ofSeconds(5));
    cluster = messenger.connected(config, payloads, pipes, map);
    io = cluster.open(TestMaps.POOL).getNow(null);
    read = io.read("o", 0, buffer);
    osd = messenger.osd(map.primary(map.locate(io.poolId(), "o", "", "").pg()));
    osd.ready();
  }

  @AfterEach
  void close() {
    cluster.close();
    payloads.close();
  }

  private MessageHead replyHead(int length) {
    MOSDOp request = osd.ops().get(osd.ops().size() - 1);
    return FakeConnection.replyHead(request, map.epoch(), length);
  }

  @Test
  void shouldReceiveStraightIntoTheBufferWhenTheAnswerFits() {
    MessageHead head = replyHead(LENGTH);
    PayloadPlan plan = osd.plan(head);
    assertThat(plan.runs()).singleElement().isInstanceOf(PayloadPlan.Into.class);
    ByteBuffer target = ((PayloadPlan.Into) plan.runs().get(0)).target();
    target.put(17, (byte) 42);
    assertThat(buffer.get(17)).isEqualTo((byte) 42);
    osd.message(
        new IncomingMessage(head, List.of(new IncomingMessage.Run(new BufferList(), null)), 0));
    assertThat(read).isCompletedWithValue(LENGTH);
    assertThat(buffer.position()).isZero();
  }

  @Test
  void shouldUseMemoryWhenTheAnswerIsLongerThanTheBuffer() {
    assertThat(osd.plan(replyHead(LENGTH + 1)).runs())
        .singleElement()
        .isInstanceOf(PayloadPlan.Memory.class);
  }

  @Test
  void shouldCutTheConnectionBeforeTheReadTimesOut() {
    osd.plan(replyHead(LENGTH));
    read.whenComplete(
        (count, error) -> assertThat(osd.closed).as("nobody may still be receiving").isNotNull());
    loop.advanceMillis(5_100);
    assertThatThrownBy(read::join).hasMessageContaining("(110)");
    assertThat(osd.closed).isNotNull();
  }

  @Test
  void shouldCutTheConnectionWhenTheReadGoesElsewhere() {
    osd.plan(replyHead(LENGTH));
    int old = (int) osd.peer.number();
    map = TestMaps.next(map, next -> next.primaryAffinity(old, 0));
    messenger.mon().deliver(TestMaps.message(map));
    int now = map.primary(map.locate(io.poolId(), "o", "", "").pg());
    assertThat(now).isNotEqualTo(old);
    assertThat(osd.closed).isNotNull();
    messenger.osd(now).ready();
    assertThat(messenger.osd(now).ops()).hasSize(1);
  }

  @Test
  void shouldFailAfterThreeWrongChecksums() {
    for (int i = 0; i < 3; i++) {
      assertThat(read).isNotDone();
      osd.plan(replyHead(LENGTH));
      osd.breakOff("message frame with a wrong checksum of its segment 2");
      loop.advanceMillis(1_000);
      osd = messenger.osd((int) osd.peer.number());
      if (osd.closed == null) {
        osd.ready();
      }
    }
    assertThatThrownBy(read::join).hasMessageContaining("Input/output error");
  }
}
