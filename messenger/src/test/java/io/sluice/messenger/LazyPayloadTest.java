package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.netty.channel.unix.Buffer;
import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.LazyBytes;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Pipe;
import io.sluice.bufferlist.PipePool;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * Payload that is brought while it is sent: whole, in order, two pieces at a time, and let go of.
 */
@ExtendWith(NoLeaks.class)
class LazyPayloadTest {
  private static final int PIECE = 256 << 10;

  private final byte[] data = PayloadTest.random(10 * PIECE + 777, 1);
  private final ExecutorService worker = Executors.newSingleThreadExecutor();

  @AfterEach
  void stop() throws InterruptedException {
    worker.shutdown();
    assertThat(worker.awaitTermination(30, TimeUnit.SECONDS)).as("the worker ends").isTrue();
  }

  /** Brings {@link #data}, every third piece in memory, on the worker's thread. */
  private final class Source implements LazyBytes {
    private final PipePool pipes;
    private final AtomicInteger held = new AtomicInteger();
    private final AtomicInteger heldMax = new AtomicInteger();
    private final AtomicInteger closed = new AtomicInteger();
    private final CountDownLatch asked = new CountDownLatch(1);
    private volatile CountDownLatch mayBring = new CountDownLatch(0);
    private volatile int failAt = Integer.MAX_VALUE;
    private int at;

    Source(PipePool pipes) {
      this.pipes = pipes;
    }

    @Override
    public long length() {
      return data.length;
    }

    @Override
    public synchronized long remaining() {
      return data.length - at;
    }

    @Override
    public synchronized CompletableFuture<BufferList> next() {
      int from = at;
      at = Math.min(data.length, at + PIECE);
      int end = at;
      heldMax.accumulateAndGet(held.incrementAndGet(), Math::max);
      asked.countDown();
      CompletableFuture<BufferList> piece = new CompletableFuture<>();
      worker.execute(() -> bring(piece, from, end));
      return piece;
    }

    private void bring(CompletableFuture<BufferList> piece, int from, int end) {
      try {
        if (!mayBring.await(30, TimeUnit.SECONDS)) {
          throw new IOException("nobody let it be brought");
        }
        if (from >= failAt) {
          throw new IOException("the disk is gone");
        }
        byte[] bytes = Arrays.copyOfRange(data, from, end);
        boolean inMemory = from / PIECE % 3 == 2;
        piece.complete((inMemory ? inMemory(bytes) : inPipe(bytes)).handOver());
      } catch (IOException | InterruptedException e) {
        piece.completeExceptionally(e);
      }
    }

    private BufferList inMemory(byte[] bytes) {
      held.decrementAndGet();
      return BufferList.wrap(bytes);
    }

    private BufferList inPipe(byte[] bytes) {
      Pipe pipe = pipes.tryAcquire(1)[0];
      pipe.onEnd(held::decrementAndGet);
      ByteBuffer memory = ByteBuffer.allocateDirect(bytes.length).put(bytes);
      long written = pipes.sys().write(pipe.writeEnd(), Buffer.memoryAddress(memory), bytes.length);
      assertThat(written).isEqualTo(bytes.length);
      return new BufferList().claimAppend(new PipeSegment(pipe, bytes.length));
    }

    @Override
    public void close() {
      closed.incrementAndGet();
    }
  }

  private Envelope message(Source source) {
    return Envelope.of(0x7010, 1, 1, 5, new byte[] {1, 2, 3})
        .claimLater(source, new byte[0], Crc32c.update(Crc32c.SEED, data));
  }

  private byte[] bytes(Endpoint at, IncomingMessage message) {
    return message.runs().get(0).bytes().toByteArray(at.pipes, Inspection.COMPARE);
  }

  @Test
  void shouldSendWhatIsBroughtMeanwhileAndTheNextMessageAfterIt() throws Exception {
    Endpoint client = Endpoint.client();
    Source source = new Source(client.pipes);
    try (client;
        Endpoint osd = Endpoint.osd(0)) {
      Connection connection = client.ready(osd, EntityName.osd(0));
      connection.send(message(source));
      connection.send(PayloadTest.message(6, new byte[] {4}));
      try (IncomingMessage first = osd.message();
          IncomingMessage second = osd.message()) {
        assertThat(bytes(osd, first)).isEqualTo(data);
        assertThat(second.head().tid()).isEqualTo(6);
      }
    }
    assertThat(source.heldMax.get()).as("pieces at a time").isBetween(1, 2);
    assertThat(source.closed.get()).isEqualTo(1);
    assertThat(client.meter.splicedOut.sum()).isEqualTo(7L * PIECE + 777);
    assertThat(client.meter.readBytes()).as("looked at by the sender").isZero();
  }

  @Test
  void shouldServeOthersWhileAPieceIsOnItsWay() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      Connection slow = client.ready(osd, EntityName.osd(0));
      Connection other = client.ready(osd, EntityName.osd(0));
      Source source = new Source(client.pipes);
      source.mayBring = new CountDownLatch(1);
      slow.send(message(source));
      assertThat(source.asked.await(30, TimeUnit.SECONDS)).isTrue();
      other.send(PayloadTest.message(9, new byte[] {4}));
      try (IncomingMessage first = osd.message()) {
        assertThat(first.head().tid()).as("nobody waits for the disk").isEqualTo(9);
      }
      source.mayBring.countDown();
      try (IncomingMessage second = osd.message()) {
        assertThat(bytes(osd, second)).isEqualTo(data);
      }
    }
  }

  @Test
  void shouldEndTheConnectionWhenAPieceCannotBeBrought() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      Connection connection = client.ready(osd, EntityName.osd(0));
      Source source = new Source(client.pipes);
      source.failAt = 5 * PIECE;
      connection.send(message(source));
      assertThat(Endpoint.take(client.closed)).contains("the disk is gone");
      Endpoint.take(osd.closed);
      assertThat(osd.messages).as("half a payload is none").isEmpty();
      assertThat(source.closed.get()).isEqualTo(1);
    }
  }

  @Test
  void shouldLetGoOfAPieceThatComesTooLate() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        Endpoint client = Endpoint.client()) {
      Connection connection = client.ready(osd, EntityName.osd(0));
      Source source = new Source(client.pipes);
      source.mayBring = new CountDownLatch(1);
      connection.send(message(source));
      assertThat(source.asked.await(30, TimeUnit.SECONDS)).isTrue();
      connection.close("enough");
      Endpoint.take(client.closed);
      assertThat(source.closed.get()).isEqualTo(1);
      source.mayBring.countDown();
      stop();
      assertThat(client.pipes.inUse()).isZero();
    }
  }
}
