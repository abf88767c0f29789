package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.FaultySys;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.Sys;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.net.SocketException;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Payload that is handed on while it comes, however it comes, and whether it comes or not. */
@ExtendWith(NoLeaks.class)
class StreamTest {
  private static final int LENGTH = (3 << 20) + 777;

  private final byte[] data = PayloadTest.random(LENGTH, 31);
  private final ChecksumVector vector = ChecksumVector.of(data, 0, LENGTH);
  private final BlockingQueue<Pieces> begun = new LinkedBlockingQueue<>();

  private void stream(Endpoint osd, PayloadPlan.Carrier carrier, ChecksumVector known) {
    osd.plans =
        head -> {
          Pieces pieces = new Pieces(osd.pipes);
          begun.add(pieces);
          return new PayloadPlan(
              List.of(new PayloadPlan.Stream(head.dataLength(), known, carrier, pieces)));
        };
  }

  private byte[] frame(long seq, int epilogueCrc) {
    Envelope message =
        Envelope.of(0x7010, 1, 1, seq, new byte[100])
            .claimData(BufferList.wrap(data), new byte[0], epilogueCrc);
    return RawPeer.frame(message, seq, epilogueCrc);
  }

  private byte[] frame(long seq) {
    return frame(seq, vector.combined(-1));
  }

  private static void await(String what, BooleanSupplier condition) throws InterruptedException {
    long until = System.nanoTime() + TimeUnit.SECONDS.toNanos(30);
    while (!condition.getAsBoolean()) {
      assertThat(System.nanoTime()).as("waited 30 s for " + what).isLessThan(until);
      Thread.sleep(1);
    }
  }

  /** The message came, and all its bytes had come before it. */
  private void assertWhole(Endpoint osd, Pieces pieces) throws InterruptedException {
    IncomingMessage message = osd.message();
    assertThat(pieces.faults()).isEmpty();
    assertThat(Arrays.equals(pieces.bytes(), data)).as("bytes").isTrue();
    IncomingMessage.Run run = message.runs().get(0);
    assertThat(run.sink()).isSameAs(pieces);
    assertThat(run.length()).isEqualTo(LENGTH);
    assertThat(run.bytes().isEmpty()).isTrue();
    assertThat(run.checksums()).isEqualTo(vector);
    assertThat(pieces.aborts.get()).isZero();
    message.close();
    assertThat(pieces.aborts.get()).as("nobody took it").isOne();
    assertThat(osd.pipes.inUse()).isZero();
    assertThat(osd.messenger.slots().inUse()).isZero();
  }

  @ParameterizedTest
  @CsvSource({
    "PIPES,false",
    "PIPES,true",
    "SLOTS,false",
    "SLOTS,true",
    "MEMORY,false",
    "MEMORY,true"
  })
  void shouldHandOverPiecesBeforeTheRestIsSent(PayloadPlan.Carrier carrier, boolean vouched)
      throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      stream(osd, carrier, vouched ? vector : null);
      byte[] frame = frame(1);
      client.write(Arrays.copyOf(frame, frame.length - (1 << 20)));
      Pieces pieces = Endpoint.take(begun);
      await("the first piece", () -> pieces.count.get() > 0);
      assertThat(osd.messages).isEmpty();
      client.write(Arrays.copyOfRange(frame, frame.length - (1 << 20), frame.length));
      assertWhole(osd, pieces);
      assertThat(pieces.count.get()).isGreaterThanOrEqualTo(3);
    }
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3, 4})
  void shouldKeepBlocksWholeHoweverTheSenderCuts(long seed) throws Exception {
    Random random = new Random(seed);
    PayloadPlan.Carrier carrier = PayloadPlan.Carrier.values()[(int) (seed % 2)];
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      stream(osd, carrier, random.nextBoolean() ? vector : null);
      for (int seq = 1; seq <= 2; seq++) {
        byte[] frame = frame(seq);
        for (int at = 0; at < frame.length; ) {
          int most = random.nextInt(10) == 0 ? 200_000 : 1 + random.nextInt(9000);
          int count = Math.min(frame.length - at, 1 + random.nextInt(most));
          client.write(Arrays.copyOfRange(frame, at, at + count));
          at += count;
        }
        assertWhole(osd, Endpoint.take(begun));
      }
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {200, 70_000, 1_100_000, LENGTH - 5})
  void shouldAbortWhenTheSenderDiesInTheMiddle(int sent) throws Exception {
    try (Endpoint osd = Endpoint.osd(0)) {
      stream(osd, PayloadPlan.Carrier.PIPES, null);
      Pieces pieces;
      try (RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
        client.write(Arrays.copyOf(frame(1), sent));
        pieces = Endpoint.take(begun);
      }
      Endpoint.take(osd.closed);
      assertThat(pieces.aborts.get()).isOne();
      assertThat(osd.messages).isEmpty();
      assertThat(osd.pipes.inUse()).isZero();
    }
  }

  @ParameterizedTest
  @CsvSource({"false", "true"})
  void shouldAbortAfterTheLastPieceWhenTheChecksumIsWrong(boolean vouched) throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      stream(osd, PayloadPlan.Carrier.PIPES, vouched ? vector : null);
      write(client, frame(1, vector.combined(-1) ^ 1));
      assertThat(Endpoint.take(osd.closed)).contains("wrong checksum of its data segment");
      Pieces pieces = Endpoint.take(begun);
      assertThat(pieces.bytes()).hasSize(LENGTH);
      assertThat(pieces.aborts.get()).isOne();
      assertThat(osd.messages).isEmpty();
    }
  }

  @Test
  void shouldAbortAndGoOnWhenTheSenderGivesTheFrameUp() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      stream(osd, PayloadPlan.Carrier.PIPES, null);
      byte[] givenUp = frame(1);
      givenUp[givenUp.length - Epilogue.BYTES] = 0x1; // late status: aborted
      client.write(givenUp);
      client.write(frame(1));
      Pieces first = Endpoint.take(begun);
      assertWhole(osd, Endpoint.take(begun));
      assertThat(first.aborts.get()).isOne();
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 2, 3}) // of which clients may have half
  void shouldGoOnInMemoryWhenPipesRunOut(int pipes) throws Exception {
    try (Endpoint osd = Endpoint.osd(0, Linux.instance(), pipes);
        RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      stream(osd, PayloadPlan.Carrier.PIPES, vector);
      client.write(frame(1));
      assertWhole(osd, Endpoint.take(begun));
      if (pipes == 0) {
        assertThat(osd.meter.fallbacks("no_pipe")).isPositive();
        assertThat(osd.meter.copiedBytes()).isEqualTo(LENGTH);
      } else {
        assertThat(osd.meter.splicedIn.sum()).isGreaterThan(LENGTH * 9L / 10);
      }
    }
  }

  @Test
  void shouldStopAtAPieceWhenItsTakerPauses() throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      Connection accepted = Endpoint.take(osd.ready);
      stream(osd, PayloadPlan.Carrier.PIPES, vector);
      List<Integer> counts =
          new CopyOnWriteArrayList<>(); // the last may come while it is looked at
      var planned = osd.plans;
      osd.plans =
          head -> {
            PayloadPlan plan = planned.apply(head);
            Pieces pieces = begun.peek();
            pieces.afterEach =
                () -> {
                  accepted.pauseReading();
                  int now = pieces.count.get();
                  accepted
                      .loop()
                      .schedule(
                          10_000_000,
                          () -> {
                            counts.add(pieces.count.get() - now);
                            accepted.resumeReading();
                          });
                };
            return plan;
          };
      client.write(frame(1));
      assertWhole(osd, Endpoint.take(begun));
      assertThat(counts).as("pieces while paused").isNotEmpty().containsOnly(0);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"splice", "recv", "readable"})
  void shouldGoOnAfterShortCountsAndEagainOfEveryCall(String call) throws Exception {
    for (int nth = 1; nth <= 4; nth++) {
      FaultySys faults = new FaultySys(Linux.instance());
      try (Endpoint osd = Endpoint.osd(0, faults.sys(), 32);
          RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
        stream(osd, PayloadPlan.Carrier.PIPES, vector);
        if (!call.equals("readable")) {
          faults.shortenNth(call, nth, 1000 + nth);
          faults.failNth(call, nth + 2, Sys.EINTR);
        }
        faults.failNth(call, nth + 1, Sys.EAGAIN);
        client.write(frame(1));
        assertWhole(osd, Endpoint.take(begun));
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "splice,PIPES",
    "tee,PIPES",
    "pipe2,PIPES",
    "fcntl,PIPES",
    "readable,PIPES",
    "recv,SLOTS",
    "memfdCreate,SLOTS",
    "mmap,SLOTS",
    "ftruncate,SLOTS"
  })
  void shouldCompleteOrAbortWhenAnySystemCallFailsOnce(String call, PayloadPlan.Carrier carrier)
      throws Exception {
    for (int nth = 1; nth <= 3; nth++) {
      FaultySys faults = new FaultySys(Linux.instance());
      try (Endpoint osd = Endpoint.osd(0, faults.sys(), 32);
          RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
        stream(osd, carrier, null);
        faults.failNth(call, nth, Sys.EMFILE);
        write(client, frame(1));
        await(call + " to end it", () -> !osd.messages.isEmpty() || !osd.closed.isEmpty());
        faults.heal();
        Pieces pieces = begun.poll(); // none when it ended before the payload
        if (!osd.messages.isEmpty()) {
          assertWhole(osd, pieces);
        } else if (pieces != null) {
          assertThat(pieces.aborts.get()).as(call + " " + nth).isOne();
        }
        assertThat(osd.pipes.inUse()).as(call + " " + nth).isZero();
      }
    }
  }

  private static void write(RawPeer client, byte[] frame) throws IOException {
    try {
      client.write(frame);
    } catch (SocketException e) {
      // The other end has seen enough before it had all.
    }
  }
}
