package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.MemfdBuffer;
import io.sluice.bufferlist.MemfdPool;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Pipe;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * What was given to a socket stays in its queue as pages, not as bytes: a receiver that comes late
 * must find what was sent, whatever happened meanwhile to the memory and the pipes it came from.
 */
@ExtendWith(NoLeaks.class)
class PageReuseTest {
  private static final int LENGTH = 256 << 10;
  private static final int TYPE = 0x7010;

  private static byte[] filled(int with) {
    byte[] bytes = new byte[LENGTH];
    Arrays.fill(bytes, (byte) with);
    return bytes;
  }

  private static Envelope message(BufferList payload, byte[] content) {
    int crc = ChecksumVector.of(content, 0, LENGTH).combined(-1);
    return Envelope.of(TYPE, 1, 1, 1, new byte[10]).claimData(payload, new byte[0], crc);
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited 30 s for " + what).isLessThan(until);
      Thread.sleep(1);
    }
  }

  /** The payload of the one message that is in the socket, read at last. */
  private static byte[] readLate(RawPeer late) throws Exception {
    late.socket.setSoTimeout(30_000);
    InputStream in = late.socket.getInputStream();
    byte[] head = in.readNBytes(Preamble.BYTES);
    Preamble preamble = Preamble.decode(head);
    assertThat(preamble.data()).isEqualTo(LENGTH);
    in.readNBytes(MessageHeader.BYTES + 4 + preamble.front() + preamble.middle());
    return in.readNBytes(LENGTH);
  }

  /**
   * The connection ends, as between OSDs when the map changes, and the buffer goes to another
   * operation.
   */
  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  void shouldSendWhatWasThereWhenTheBufferIsFilledAnewBeforeThePeerReads(boolean closed)
      throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        MemfdPool buffers = new MemfdPool(Linux.instance(), new CopyMeter(), LENGTH, 1);
        RawPeer late = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      Connection connection = Endpoint.take(osd.ready);
      byte[] sent = filled(1);
      MemfdBuffer buffer = buffers.tryAcquire();
      buffer.buffer().put(sent);
      connection.send(message(new BufferList().claimAppend(buffer.segment(0, LENGTH)), sent));
      buffer.release();
      await("all of it to be in the socket", () -> buffers.inUse() == 0);
      if (closed) {
        connection.close("this test");
        Endpoint.take(osd.closed);
      }
      MemfdBuffer again = buffers.tryAcquire();
      ByteBuffer bytes = again.buffer();
      assertThat(bytes.get(0)).as("of fresh pages").isZero();
      bytes.put(filled(2));
      assertThat(readLate(late)).isEqualTo(sent);
      again.release();
    }
  }

  /** One pipe for everybody: the second message goes through it while the first one is queued. */
  @Test
  void shouldSendWhatWasThereWhenThePipeIsUsedAgainBeforeThePeerReads() throws Exception {
    byte[][] contents = {filled(3), filled(4)};
    try (Endpoint osd = Endpoint.osd(0, Linux.instance(), 2); // of which clients may have one
        Endpoint client = Endpoint.client();
        RawPeer late = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands();
        RawPeer later = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      Connection[] onward = {Endpoint.take(osd.ready), Endpoint.take(osd.ready)};
      osd.plans =
          head ->
              new PayloadPlan(
                  List.of(
                      new PayloadPlan.Pipes(
                          LENGTH, ChecksumVector.of(contents[(int) head.tid()], 0, LENGTH))));
      osd.handler =
          (connection, message) -> onward[(int) message.head().tid()].send(message.claimEnvelope());
      Connection connection = client.ready(osd, EntityName.osd(0));
      for (int i = 0; i < 2; i++) {
        connection.send(PayloadTest.message(i, contents[i]));
        long sent = (i + 1L) * LENGTH;
        await("message " + i + " to be passed on", () -> osd.meter.splicedOut.sum() == sent);
        await("its pipe to come back", () -> osd.pipes.inUse() == 0);
      }
      assertThat(osd.pipes.pooled()).as("pipes that there ever were").isOne();
      assertThat(osd.meter.fallbacks("no_pipe")).isZero();
      int first = osd.pipes.pooled();
      byte[] a = readLate(late);
      byte[] b = readLate(later);
      assertThat(List.of(a[0], b[0])).containsExactlyInAnyOrder((byte) 3, (byte) 4);
      assertThat(a).isEqualTo(filled(a[0]));
      assertThat(b).isEqualTo(filled(b[0]));
      assertThat(first).isOne();
    }
  }

  /** What is in a pipe is gone with the connection: nobody sends it again, and nobody gets it. */
  @Test
  void shouldReplayNothingAndPoolNoPipeWhenTheConnectionBreaksInsideThePayload() throws Exception {
    int large = 4 << 20;
    byte[] content = new byte[large];
    ChecksumVector vector = ChecksumVector.of(content, 0, large);
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      osd.plans = head -> new PayloadPlan(List.of(new PayloadPlan.Pipes(large, vector)));
      RawPeer late = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands();
      Connection onward = Endpoint.take(osd.ready);
      late.socket.setReceiveBufferSize(64 << 10);
      AtomicInteger handedOn = new AtomicInteger();
      osd.handler =
          (connection, message) -> {
            onward.send(message.claimEnvelope());
            handedOn.incrementAndGet();
          };
      Connection connection = client.ready(osd, EntityName.osd(0));
      for (int i = 0; i < 4; i++) {
        connection.send(PayloadTest.message(i, content));
      }
      await("a part to be sent", () -> osd.meter.splicedOut.sum() > 0 && onward.queuedBytes() > 0);
      late.close();
      Endpoint.take(osd.closed);
      await("all of them to have come", () -> handedOn.get() == 4); // some to nobody any more
      await("the pipes to be given up", () -> osd.pipes.inUse() == 0);
      long sent = osd.meter.splicedOut.sum();
      assertThat(sent).as("pipes that were empty or partly so").isLessThan(4L * large);
      try (RawPeer again = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
        Connection fresh = Endpoint.take(osd.ready);
        fresh.send(Envelope.of(TYPE, 1, 1, 9, new byte[10]));
        await("the new message to leave", () -> fresh.queuedBytes() == 0);
        Preamble next = Preamble.decode(again.socket.getInputStream().readNBytes(Preamble.BYTES));
        assertThat(next.data()).as("nothing but the new message").isZero();
      }
      assertThat(osd.meter.splicedOut.sum()).isEqualTo(sent);
      for (Pipe pipe : osd.pipes.tryAcquire(osd.pipes.pooled())) {
        assertThat(Linux.instance().readable(pipe.readEnd())).as("bytes in a pooled pipe").isZero();
        pipe.recycle();
      }
    }
  }
}
