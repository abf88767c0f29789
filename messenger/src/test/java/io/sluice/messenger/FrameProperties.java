package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.Envelope;
import java.io.ByteArrayOutputStream;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.Example;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * A stream of frames means the same however it is cut into pieces; a changed bit is never taken for
 * a message.
 */
@Tag("long")
class FrameProperties {
  record Sent(long tid, byte[] front, byte[] middle, byte[] data) {
    Envelope envelope() {
      return Envelope.of(0x7010, 3, 2, tid, front).claimData(BufferList.wrap(data), middle, null);
    }

    byte[] frame(long seq) {
      return RawPeer.frame(envelope(), seq, Crc32c.update(Crc32c.SEED, data));
    }
  }

  @Provide
  Arbitrary<List<Sent>> messages() {
    Arbitrary<byte[]> small = Arbitraries.bytes().array(byte[].class).ofMaxSize(300);
    Arbitrary<byte[]> data =
        Arbitraries.oneOf(
            small, Arbitraries.integers().between(0, 40_000).map(n -> PayloadTest.random(n, n)));
    return Combinators.combine(Arbitraries.longs(), small, small, data)
        .as(Sent::new)
        .list()
        .ofMaxSize(12);
  }

  @Property(edgeCases = EdgeCasesMode.NONE, tries = 300)
  void shouldParseAnyPieces(@ForAll("messages") List<Sent> messages, @ForAll long seed) {
    ByteArrayOutputStream stream = new ByteArrayOutputStream();
    stream.writeBytes(Banner.encode());
    long seq = 0;
    for (Sent sent : messages) {
      stream.writeBytes(sent.frame(++seq));
    }
    Collector collector = new Collector();
    feed(collector, stream.toByteArray(), seed);
    assertThat(collector.supported).isEqualTo(MessengerFeatures.BANNER_SUPPORTED);
    assertThat(collector.messages).usingRecursiveComparison().isEqualTo(messages);
    assertThat(collector.parser.betweenFrames()).isTrue();
  }

  /** Reads a whole stream, for tests that damage one. */
  static void feedAll(byte[] stream) {
    feed(new Collector(), stream, 1);
  }

  /**
   * Never more at a time than the parser wants, or says belongs into memory, as the socket's reader
   * does it: of a large payload not a byte.
   */
  private static void feed(Collector collector, byte[] stream, long seed) {
    Random random = new Random(seed);
    int at = 0;
    while (at < stream.length) {
      PayloadReceiver direct = collector.parser.direct();
      long wanted = direct != null ? direct.left() : collector.parser.wanted();
      assertThat(wanted).isPositive();
      int most = (int) Math.min(wanted, stream.length - at);
      int count = random.nextInt(4) == 0 ? 1 : 1 + random.nextInt(most);
      if (direct == null && collector.supported != 0 && random.nextBoolean()) {
        int look = 1 + random.nextInt(Math.min(90_000, stream.length - at));
        count = collector.parser.inMemory(ByteBuffer.wrap(stream, at, look));
        assertThat(count).isBetween((int) Math.min(wanted, look), look);
      }
      ByteBuffer piece = ByteBuffer.wrap(stream, at, count);
      if (direct != null) {
        direct.take(piece);
        if (direct.done()) {
          collector.parser.directDone();
        }
      } else {
        collector.parser.feed(piece);
        assertThat(piece.hasRemaining()).isFalse();
        if (collector.parser.direct() != null) {
          assertThat(collector.parser.direct().left()).isEqualTo(collector.payload);
        }
      }
      at += count;
    }
  }

  @Property(edgeCases = EdgeCasesMode.NONE, tries = 500)
  void shouldNotTakeAChangedBitForAMessage(
      @ForAll("messages") List<Sent> messages, @ForAll long seed) {
    Random random = new Random(seed);
    Sent sent =
        messages.isEmpty() ? new Sent(1, new byte[3], new byte[2], new byte[5]) : messages.get(0);
    byte[] frame = sent.frame(1);
    int bit = random.nextInt(frame.length * 8);
    frame[bit / 8] ^= (byte) (1 << bit % 8);
    Collector collector = new Collector();
    feed(collector, Banner.encode(), seed);
    try {
      feed(collector, frame, seed);
    } catch (MalformedInputException e) {
      assertThat(collector.messages).isEmpty();
      return;
    }
    // What passes: reserved bits, none of them meaning anything (the high nibble of late_status,
    // unused checksums).
    collector.messages.forEach(got -> assertThat(got).usingRecursiveComparison().isEqualTo(sent));
  }

  @Example
  void shouldTakeNoMemoryForAFrontThatIsOnlyAnnounced() {
    byte[] head = GarbageTest.headOf(MessengerLimits.FRONT_MAX);
    List<Collector> all = new ArrayList<>();
    long before = heapUsed();
    for (int i = 0; i < 40; i++) {
      Collector collector = new Collector();
      collector.parser.continueAfterBanner();
      collector.parser.feed(ByteBuffer.wrap(head));
      all.add(collector);
    }
    assertThat(heapUsed() - before).isLessThan(10L * MessengerLimits.FRONT_MAX);
    assertThat(all).allMatch(each -> each.messages.isEmpty());
  }

  private static long heapUsed() {
    System.gc();
    return Runtime.getRuntime().totalMemory() - Runtime.getRuntime().freeMemory();
  }

  @Property(edgeCases = EdgeCasesMode.NONE, tries = 200)
  void shouldRefuseGarbage(@ForAll long seed) {
    byte[] garbage = PayloadTest.random(200, seed);
    Collector collector = new Collector();
    assertThatThrownBy(() -> feed(collector, garbage, seed))
        .isInstanceOf(MalformedInputException.class);
  }

  /** Keeps what a parser finds. */
  private static final class Collector implements FrameParser.Sink {
    final FrameParser parser = new FrameParser(this);
    final List<Sent> messages = new ArrayList<>();
    long supported;
    long payload;

    @Override
    public void onBanner(long supportedFeatures, long required) {
      supported = supportedFeatures;
    }

    @Override
    public void onControl(int tag, Decoder payload) {
      throw new MalformedInputException("no control frame was sent");
    }

    @Override
    public PayloadReceiver onHead(MessageHead head) {
      payload = head.dataLength();
      return PayloadReceiver.of(
          PayloadPlan.memory(head.dataLength()), head.dataLength(), TestContext.INSTANCE);
    }

    @Override
    public void onMessage(MessageHeader header, MessageHead head, PayloadReceiver payload) {
      ByteArrayOutputStream data = new ByteArrayOutputStream();
      for (IncomingMessage.Run run : payload.claimRuns()) {
        data.writeBytes(run.bytes().toByteArray(TestContext.PIPES, Inspection.COMPARE));
        run.bytes().close();
      }
      messages.add(new Sent(head.tid(), head.front(), head.middle(), data.toByteArray()));
    }
  }
}
