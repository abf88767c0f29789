package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

@ExtendWith(NoLeaks.class)
class PayloadTest {
  private static final int LARGE = 4 << 20;

  static byte[] random(int length, long seed) {
    byte[] bytes = new byte[length];
    new Random(seed).nextBytes(bytes);
    return bytes;
  }

  static Envelope message(long tid, byte[] data) {
    return Envelope.of(0x7010, 1, 1, tid, new byte[] {1, 2, 3})
        .claimData(BufferList.wrap(data), new byte[0], null);
  }

  private static byte[] bytes(Endpoint at, IncomingMessage.Run run) {
    return run.bytes().toByteArray(at.pipes, Inspection.COMPARE);
  }

  @Test
  void shouldReceiveIntoMemoryWithChecksumsOfTheBlocks() throws Exception {
    byte[] data = random(LARGE + 5, 1);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      client.ready(osd, EntityName.osd(0)).send(message(1, data));
      try (IncomingMessage message = osd.message()) {
        assertThat(message.runs()).hasSize(1);
        assertThat(bytes(osd, message.runs().get(0))).isEqualTo(data);
        assertThat(message.runs().get(0).checksums())
            .isEqualTo(ChecksumVector.of(data, 0, data.length));
        assertThat(message.dataCrc()).isEqualTo(Crc32c.update(-1, data));
      }
      assertThat(osd.meter.copiedBytes()).isEqualTo(data.length);
    }
  }

  @Test
  void shouldSpliceIntoPipesAndCheckThemThroughAWindow() throws Exception {
    byte[] data = random(LARGE + 777, 2);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      osd.plans = head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)));
      client.ready(osd, EntityName.osd(0)).send(message(1, data));
      try (IncomingMessage message = osd.message()) {
        assertThat(message.runs().get(0).bytes().hasPipes()).isTrue();
        assertThat(osd.meter.splicedIn.sum()).isEqualTo(data.length);
        assertThat(osd.meter.readBytes()).isEqualTo(data.length);
        assertThat(message.runs().get(0).checksums())
            .isEqualTo(ChecksumVector.of(data, 0, data.length));
        assertThat(bytes(osd, message.runs().get(0))).isEqualTo(data);
      }
      assertThat(osd.pipes.inUse()).isZero();
    }
  }

  @Test
  void shouldTouchNoByteWhenTheSenderVouchesForTheChecksums() throws Exception {
    byte[] data = random(LARGE, 3);
    ChecksumVector vector = ChecksumVector.of(data, 0, data.length);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      osd.plans =
          head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), vector)));
      client.ready(osd, EntityName.osd(0)).send(message(1, data));
      try (IncomingMessage message = osd.message()) {
        assertThat(osd.meter.splicedIn.sum()).isEqualTo(data.length);
        assertThat(osd.meter.copiedBytes()).isZero();
        assertThat(osd.meter.readBytes()).isZero();
        assertThat(message.runs().get(0).checksums()).isSameAs(vector);
        assertThat(bytes(osd, message.runs().get(0))).isEqualTo(data);
      }
    }
  }

  @Test
  void shouldShowALookAtWhatCameAsExactlyThoseBytes() throws Exception {
    byte[] data = random(LARGE + 777, 9);
    ChecksumVector vector = ChecksumVector.of(data, 0, data.length);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      osd.plans =
          head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), vector)));
      client.ready(osd, EntityName.osd(0)).send(message(1, data));
      try (IncomingMessage message = osd.message()) {
        assertThat(osd.meter.mapped.sum()).as("mapped by receiving").isZero();
        BufferList bytes = message.runs().get(0).bytes();
        assertThat(bytes.toByteArray(osd.pipes, Inspection.DEBUG)).isEqualTo(data);
      }
      assertThat(osd.meter.mapped.sum()).isEqualTo(data.length);
      assertThat(osd.meter.mappedBytes(Inspection.DEBUG)).isEqualTo(data.length);
      assertThat(osd.meter.readBytes()).isZero();
    }
  }

  @Test
  void shouldRefuseChecksumsThatDoNotAddUpToTheFrames() throws Exception {
    byte[] data = random(LARGE, 3);
    ChecksumVector vector = ChecksumVector.of(data, 0, data.length);
    vector.crcs()[17]++;
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      osd.plans =
          head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), vector)));
      client.ready(osd, EntityName.osd(0)).send(message(1, data));
      assertThat(Endpoint.take(osd.closed)).contains("wrong checksum of its data segment");
      assertThat(osd.messages).isEmpty();
    }
  }

  @Test
  void shouldRefuseChecksumsOfAnotherLength() throws Exception {
    byte[] data = random(LARGE, 3);
    ChecksumVector vector = ChecksumVector.of(data, 0, data.length - 1);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      osd.plans =
          head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), vector)));
      client.ready(osd, EntityName.osd(0)).send(message(1, data));
      assertThat(Endpoint.take(osd.closed)).contains("checksums of");
    }
  }

  @Test
  void shouldReceiveStraightIntoTheCallersBuffer() throws Exception {
    byte[] data = random(1 << 20, 4);
    ByteBuffer target = ByteBuffer.allocateDirect(data.length + 20);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      client.plans =
          head -> new PayloadPlan(List.of(new PayloadPlan.Into(target.slice(10, data.length))));
      client.ready(osd, EntityName.osd(0));
      osd.messages.clear();
      Connection back = osdSide(osd, client);
      back.send(message(1, data));
      try (IncomingMessage message = client.message()) {
        assertThat(message.runs().get(0).bytes().isEmpty()).isTrue();
        byte[] got = new byte[data.length];
        target.get(10, got);
        assertThat(got).isEqualTo(data);
        assertThat(client.meter.copiedBytes()).isZero();
      }
    }
  }

  /** The accepted end of a fresh connection. */
  private static Connection osdSide(Endpoint osd, Endpoint client) throws InterruptedException {
    client.connect(osd, EntityName.osd(0));
    Endpoint.take(client.ready);
    return Endpoint.take(osd.ready);
  }

  @Test
  void shouldFollowAPlanOfManyRuns() throws Exception {
    byte[] data = random(3_000_000, 5);
    ByteBuffer target = ByteBuffer.allocateDirect(500_000);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      osd.plans =
          head ->
              new PayloadPlan(
                  List.of(
                      new PayloadPlan.Memory(123),
                      new PayloadPlan.Pipes(1_500_000, null),
                      new PayloadPlan.Memory(0),
                      new PayloadPlan.Into(target),
                      new PayloadPlan.Memory(999_877)));
      client.ready(osd, EntityName.osd(0)).send(message(1, data));
      try (IncomingMessage message = osd.message()) {
        assertThat(message.runs().stream().map(run -> run.bytes().length()).toList())
            .containsExactly(123L, 1_500_000L, 0L, 0L, 999_877L);
        byte[] all = new byte[data.length];
        System.arraycopy(bytes(osd, message.runs().get(0)), 0, all, 0, 123);
        System.arraycopy(bytes(osd, message.runs().get(1)), 0, all, 123, 1_500_000);
        target.get(0, all, 1_500_123, 500_000);
        System.arraycopy(bytes(osd, message.runs().get(4)), 0, all, 2_000_123, 999_877);
        assertThat(all).isEqualTo(data);
      }
    }
  }

  @Test
  void shouldGoToMemoryWhenPipesAreSpent() throws Exception {
    byte[] data = random(LARGE, 6);
    try (Endpoint osd = Endpoint.osd(0, Linux.instance(), 4);
        Endpoint client = Endpoint.client()) {
      osd.plans = head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)));
      client.ready(osd, EntityName.osd(0)).send(message(1, data));
      try (IncomingMessage message = osd.message()) {
        assertThat(message.runs().get(0).bytes().hasPipes()).isFalse();
        assertThat(bytes(osd, message.runs().get(0))).isEqualTo(data);
      }
      assertThat(osd.meter.snapshot().get("fallbacks").toString()).contains("no_pipe=1");
    }
  }

  @Test
  void shouldForwardAMessageFromPipesToPipes() throws Exception {
    byte[] data = random(2 << 20, 7);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint replica = Endpoint.osd(1);
        Endpoint client = Endpoint.client()) {
      osd.plans = head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)));
      replica.plans = osd.plans;
      Connection onward = osd.ready(replica, EntityName.osd(1));
      osd.handler = (connection, message) -> onward.send(message.claimEnvelope());
      client.ready(osd, EntityName.osd(0)).send(message(8, data));
      try (IncomingMessage message = replica.message()) {
        assertThat(bytes(replica, message.runs().get(0))).isEqualTo(data);
      }
      // The last count is made after the bytes have left, perhaps after they have arrived.
      PeerPair.await("all counted", () -> osd.meter.splicedOut.sum() == data.length);
      assertThat(osd.meter.copiedBytes(CopyMeter.Copy.RECV)).isZero();
    }
  }

  @Test
  void shouldKeepThousandsOfMessagesInOrderWithLargeOnesBetween() throws Exception {
    int count = 4000;
    byte[] large = random(300_000, 8);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      osd.plans =
          head ->
              head.dataLength() > 100_000
                  ? new PayloadPlan(List.of(new PayloadPlan.Pipes(head.dataLength(), null)))
                  : PayloadPlan.memory(head.dataLength());
      List<Long> tids = new CopyOnWriteArrayList<>();
      CountDownLatch all = new CountDownLatch(count);
      osd.handler =
          (connection, message) -> {
            boolean big = message.head().tid() % 100 == 0;
            try (Envelope whole = message.claimEnvelope()) {
              byte[] data = whole.data().toByteArray(osd.pipes, Inspection.COMPARE);
              if (Arrays.equals(data, big ? large : small(whole.tid()))) {
                tids.add(whole.tid());
              }
            }
            all.countDown();
          };
      Connection connection = client.ready(osd, EntityName.osd(0));
      for (int i = 0; i < count; i++) {
        connection.send(message(i, i % 100 == 0 ? large : small(i)));
      }
      assertThat(all.await(30, TimeUnit.SECONDS)).isTrue();
      assertThat(tids).isEqualTo(IntStream.range(0, count).mapToObj(i -> (long) i).toList());
      PeerPair.await("all sent to be counted out", () -> connection.queuedBytes() == 0);
    }
  }

  private static byte[] small(long tid) {
    return random((int) (tid % 7) * 50, tid);
  }
}
