package io.sluice.messenger;

import static org.assertj.core.api.Assertions.assertThat;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.Linux;
import io.sluice.bufferlist.NoLeaks;
import io.sluice.bufferlist.PipePool;
import io.sluice.types.EntityName;
import io.sluice.types.Envelope;
import java.io.IOException;
import java.net.SocketException;
import java.nio.ByteBuffer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * A byte that changes on the wire, in every kind of place of a frame: the message never arrives,
 * and the connection ends with a reason. Only the payload under a vouched-for vector may arrive
 * changed, and then its blocks do not match what is stored with them.
 *
 * <pre>
 * preamble 32 | header 41 | le32 crc | front | middle (checksum vector) | data | epilogue
 * </pre>
 */
@ExtendWith(NoLeaks.class)
class FlippedByteTest {
  private static final int DATA = 1 << 20;
  private static final byte[] FRONT = new byte[500];
  private static final int FRONT_AT = 32 + 41 + 4;

  private final byte[] data = PayloadTest.random(DATA, 1);
  private final ChecksumVector vector = ChecksumVector.of(data, 0, DATA);
  private final byte[] middle = encoded(vector);
  private final List<Pieces> begun = new CopyOnWriteArrayList<>();
  private final PipePool lookers = new PipePool(Linux.instance(), new CopyMeter(), 8);

  @AfterEach
  void close() {
    lookers.close();
  }

  private static byte[] encoded(ChecksumVector vector) {
    Encoder to = new Encoder(4096);
    vector.encode(to);
    return to.toByteArray();
  }

  /** Where the data goes, and whether the sender's vector is taken at its word. */
  private PayloadPlan plan(String mode, MessageHead head) {
    long length = head.dataLength();
    boolean lazy = mode.startsWith("lazy");
    ChecksumVector known = lazy ? ChecksumVector.decode(new Decoder(head.middle())) : null;
    PayloadPlan.Run run =
        switch (mode) {
          case "memory" -> new PayloadPlan.Memory(length);
          case "into" -> new PayloadPlan.Into(ByteBuffer.allocateDirect((int) length));
          case "ingest", "lazy" -> new PayloadPlan.Pipes(length, known);
          default -> stream(PayloadPlan.Carrier.valueOf(mode.split("-")[1]), length, known);
        };
    return new PayloadPlan(List.of(run));
  }

  private PayloadPlan.Stream stream(
      PayloadPlan.Carrier carrier, long length, ChecksumVector known) {
    Pieces pieces = new Pieces(lookers);
    begun.add(pieces);
    return new PayloadPlan.Stream(length, known, carrier, pieces);
  }

  private long offset(String place) {
    int dataAt = FRONT_AT + FRONT.length + middle.length;
    return switch (place) {
      case "preamble" -> 3;
      case "header" -> 32 + 9;
      case "front" -> FRONT_AT + 77;
      case "middle" -> FRONT_AT + FRONT.length + middle.length / 2;
      case "first" -> dataAt;
      case "inside" -> dataAt + DATA / 2 + 5;
      case "last" -> dataAt + DATA - 1;
      default -> dataAt + DATA + 5; // epilogue
    };
  }

  @ParameterizedTest
  @CsvSource({
    "memory,preamble",
    "memory,header",
    "memory,front",
    "memory,middle",
    "memory,first",
    "memory,inside",
    "memory,last",
    "memory,epilogue",
    "ingest,preamble",
    "ingest,header",
    "ingest,front",
    "ingest,middle",
    "ingest,first",
    "ingest,inside",
    "ingest,last",
    "ingest,epilogue",
    "lazy,preamble",
    "lazy,header",
    "lazy,front",
    "lazy,middle",
    "lazy,epilogue",
    "into,first",
    "into,inside",
    "into,last",
    "into,epilogue",
    "ingest-PIPES,first",
    "ingest-PIPES,inside",
    "ingest-PIPES,last",
    "ingest-PIPES,epilogue",
    "ingest-SLOTS,first",
    "ingest-SLOTS,inside",
    "ingest-SLOTS,last",
    "ingest-SLOTS,epilogue",
    "ingest-MEMORY,first",
    "ingest-MEMORY,inside",
    "ingest-MEMORY,last",
    "ingest-MEMORY,epilogue",
    "lazy-PIPES,middle",
    "lazy-PIPES,epilogue",
    "lazy-SLOTS,middle",
    "lazy-SLOTS,epilogue",
    "lazy-MEMORY,middle",
    "lazy-MEMORY,epilogue"
  })
  void shouldEndTheConnectionWhenAByteChanged(String mode, String place) throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      osd.plans = head -> plan(mode, head);
      write(client, flipped(place));
      assertThat(Endpoint.take(osd.closed)).startsWith("malformed: ");
      assertThat(osd.messages).isEmpty();
      assertThat(osd.pipes.inUse()).isZero();
      assertThat(osd.messenger.slots().inUse()).isZero();
      assertThat(begun).as("who had the pieces was told").allMatch(p -> p.aborts.get() == 1);
    }
  }

  @ParameterizedTest
  @CsvSource({"first", "inside", "last"})
  void shouldNotMatchTheStoredChecksumsWhenNobodyLookedOnArrival(String place) throws Exception {
    try (Endpoint osd = Endpoint.osd(0);
        RawPeer client = new RawPeer(osd.addr, EntityName.osd(0)).shakeHands()) {
      osd.plans = head -> plan("lazy", head);
      client.write(flipped(place));
      try (IncomingMessage message = osd.message()) {
        IncomingMessage.Run run = message.runs().get(0);
        byte[] stored = run.bytes().toByteArray(osd.pipes, Inspection.COMPARE);
        assertThat(run.checksums()).isEqualTo(vector);
        assertThat(ChecksumVector.of(stored, 0, stored.length)).isNotEqualTo(run.checksums());
      }
    }
  }

  private static void write(RawPeer client, byte[] frame) throws IOException {
    try {
      client.write(frame);
    } catch (SocketException e) {
      // The other end has seen enough before it had all: why it closed is looked at next.
    }
  }

  private byte[] flipped(String place) {
    int crc = vector.combined(-1);
    Envelope message =
        Envelope.of(0x7010, 1, 1, 1, FRONT).claimData(BufferList.wrap(data), middle, crc);
    byte[] frame = RawPeer.frame(message, 1, crc);
    frame[Math.toIntExact(offset(place))] ^= 0x10;
    return frame;
  }
}
