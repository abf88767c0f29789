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
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdMap;
import io.sluice.types.ManualLoop;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * A write from leased memory is a barrier: what is written over it later never overtakes it, and
 * its memory is nobody's before it is over. Copying and leased callers share one order.
 */
class ZeroCopyWriteBarrierTest {
  private static final int LENGTH = 256 << 10;

  private final FakeMessenger messenger = new FakeMessenger();
  private final ManualLoop loop = messenger.loop;
  private final PipePool pipes = new PipePool(Linux.instance(), new CopyMeter(), 16);
  private final Payloads payloads = new Payloads(Linux.instance(), new CopyMeter());
  private Cluster cluster;
  private OsdMap map;
  private IoContext io;
  private LeasedBuffer lease;

  @BeforeEach
  void connect() {
    map = TestMaps.first();
    ClusterConfig config = FakeMessenger.CONFIG.withOpTimeout(Duration.ofSeconds(60));
    cluster = messenger.connected(config, payloads, pipes, map);
    io = cluster.open(TestMaps.POOL).getNow(null);
    lease = payloads.lease(LENGTH);
    fill('a');
  }

  @AfterEach
  void close() {
    lease.close();
    cluster.close();
    payloads.close();
  }

  private void fill(char letter) {
    ByteBuffer to = lease.buffer();
    while (to.hasRemaining()) {
      to.put((byte) letter);
    }
  }

  private FakeConnection primary() {
    return messenger.osd(map.primary(map.locate(io.poolId(), "o", "", "").pg()));
  }

  private static void assertOrder(FakeConnection osd) {
    assertThat(osd.tids()).hasSize(3).isSorted();
    assertThat(osd.sent.get(0).data()).hasSize(LENGTH).startsWith('a').endsWith('a');
    assertThat(osd.sent.get(1).data()).containsExactly('b', 'b');
    assertThat(osd.ops().get(2).dataLength()).as("a read sees both").isZero();
  }

  @Test
  void shouldNotBeOvertakenByAnOverlappingWriteHoweverOftenItIsSent() {
    CompletableFuture<Long> leased = io.write("o", 0, lease.payload(LENGTH));
    CompletableFuture<Long> copied =
        io.write("o", 100, payloads.copyOf(ByteBuffer.wrap("bb".getBytes())));
    CompletableFuture<byte[]> read = io.read("o", 0, 200);
    primary().ready();
    assertOrder(primary());
    primary().breakOff("reset");
    loop.advanceMillis(1_000);
    primary().ready();
    assertOrder(primary());
    map = TestMaps.next(map, next -> next.primaryAffinity((int) primary().peer.number(), 0));
    messenger.mon().deliver(TestMaps.message(map));
    primary().ready();
    assertOrder(primary());
    assertThat(leased).isNotDone();
    assertThat(copied).isNotDone();
    assertThat(read).isNotDone();
  }

  @Test
  void shouldKeepTheBufferUntilTheWriteIsAnswered() {
    CompletableFuture<Long> write = io.writeFull("o", lease.payload(LENGTH));
    CompletableFuture<Boolean> mineWhenDone = new CompletableFuture<>();
    write.whenComplete((version, error) -> mineWhenDone.complete(lease.buffer().get(0) == 'a'));
    primary().ready();
    assertThatThrownBy(lease::buffer).hasMessageContaining("an operation has the buffer");
    primary().answer(primary().tids().get(0), 0, map.epoch());
    assertThat(mineWhenDone).isCompletedWithValue(true);
    fill('c');
    io.writeFull("o", lease.payload(LENGTH));
    assertThat(primary().sent.get(1).data()).startsWith('c');
  }

  @Test
  void shouldGiveFreshPagesAfterAnAnswerToALaterAttempt() {
    CompletableFuture<Long> write = io.writeFull("o", lease.payload(LENGTH));
    primary().ready();
    primary().breakOff("reset");
    loop.advanceMillis(1_000);
    primary().ready();
    primary().answer(primary().tids().get(0), 0, map.epoch());
    assertThat(write).isCompleted();
    assertThat(lease.buffer().get(0)).as("the first attempt's pages are a socket's").isZero();
    assertThat(lease.hasPages()).isTrue();
  }

  @Test
  void shouldGiveTheBufferBackWhenTheWriteIsRefused() {
    CompletableFuture<Long> refused = io.write("o", IoContext.OBJECT_BYTES_MAX, lease.payload(1));
    assertThat(refused).isCompletedExceptionally();
    assertThat(lease.buffer().get(0)).isEqualTo((byte) 'a');
    CompletableFuture<Long> failed = io.writeFull("o", lease.payload(LENGTH));
    primary().ready();
    primary().answer(primary().tids().get(0), Errno.ENOSPC.result(), map.epoch());
    assertThat(failed).isCompletedExceptionally();
    assertThat(lease.buffer().capacity()).isEqualTo(LENGTH);
  }

  @Test
  void shouldReceiveAReadInTheLeaseItself() {
    CompletableFuture<Integer> read = lease.read(io, "o", 0, LENGTH);
    primary().ready();
    assertThatThrownBy(lease::buffer).hasMessageContaining("an operation has the buffer");
    MessageHead head = FakeConnection.replyHead(primary().ops().get(0), map.epoch(), LENGTH);
    PayloadPlan plan = primary().plan(head);
    ByteBuffer target = ((PayloadPlan.Into) plan.runs().get(0)).target();
    target.put(17, (byte) 'z');
    IncomingMessage.Run taken = new IncomingMessage.Run(new BufferList(), null);
    primary().message(new IncomingMessage(head, List.of(taken), 0));
    assertThat(read).isCompletedWithValue(LENGTH);
    assertThat(lease.buffer().get(17)).isEqualTo((byte) 'z');
  }
}
