package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.Envelope;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.function.Consumer;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;

/**
 * Damaged, cut and random messages are refused with {@link MalformedInputException}, or read as
 * another message; no other error, and no allocation beyond what the bytes can hold (the test's
 * heap is small).
 */
class MessageFuzzProperties {
  /** A message to damage. */
  private record Sample(int type, int version, byte[] front, byte[] data) {}

  private static final List<Sample> SAMPLES = samples();

  private static final List<Consumer<byte[]>> PAYLOADS =
      List.of(
          ObjectStat::decode,
          PgListing::decode,
          OmapEntries::decode,
          OmapEntries::decodeKeys,
          OmapQuery::decodeForKeys,
          OmapQuery::decodeForValues,
          OmapPage::decodeKeys,
          OmapPage::decodeValues,
          OmapRange::decode,
          OmapCondition::decode,
          Attrs::decode,
          bytes -> ListCursor.decode(new Decoder(bytes)));

  private static List<Sample> samples() {
    List<Sample> samples = new ArrayList<>();
    for (RecordedFrames.Frame frame : RecordedFrames.all().values()) {
      byte[] data =
          frame.data().length == frame.dataLength() ? frame.data() : new byte[frame.dataLength()];
      samples.add(new Sample(frame.type(), frame.version(), frame.front(), data));
    }
    SluiceMessagesTest.messages()
        .map(Message::toEnvelope)
        .forEach(sent -> samples.add(sample(sent)));
    PgEntry entry =
        new PgEntry(new io.sluice.types.PgId(1, 4), 9, List.of(0, 1), List.of(1), 1, List.of(1));
    samples.add(sample(new ClusterMap(10, new byte[9], List.of(entry, entry)).toEnvelope()));
    return samples;
  }

  private static Sample sample(Envelope sent) {
    return new Sample(sent.type(), sent.version(), sent.front(), new byte[0]);
  }

  private static void tryRead(Sample sample, byte[] front) {
    try {
      Message message =
          MessageReader.read(sample.type(), sample.version(), 1, front, sample.data());
      message.toEnvelope().close();
      if (message instanceof MOSDOp op) {
        op.ops().forEach(MessageFuzzProperties::look);
      }
    } catch (MalformedInputException e) {
      // refused: what damaged bytes deserve
      return;
    }
  }

  /** What an OSD does with a step's arguments. */
  private static void look(OsdOp step) {
    if (step.code().onAttributes()) {
      try {
        step.attrName();
        step.attrValue();
      } catch (MalformedInputException e) {
        // refused
        return;
      }
    }
  }

  private static Sample any(int index) {
    return SAMPLES.get(index % SAMPLES.size());
  }

  @Property(tries = 3000)
  void shouldOnlyRefuseWhenBytesAreFlipped(
      @ForAll @IntRange(max = 100_000) int index, @ForAll long seed) {
    Sample sample = any(index);
    byte[] front = sample.front().clone();
    Random random = new Random(seed);
    for (int i = random.nextInt(4); i >= 0 && front.length > 0; i--) {
      front[random.nextInt(front.length)] ^= (byte) (1 << random.nextInt(8));
    }
    tryRead(sample, front);
    tryRead(new Sample(sample.type(), random.nextInt(12), front, sample.data()), front);
  }

  @Property(tries = 2000)
  void shouldOnlyRefuseWhenTheEndIsMissing(
      @ForAll @IntRange(max = 100_000) int index, @ForAll @IntRange(max = 100_000) int cut) {
    Sample sample = any(index);
    tryRead(sample, Arrays.copyOf(sample.front(), cut % (sample.front().length + 1)));
  }

  /** Every le32 of the front in turn is a huge count or length. */
  @Property(tries = 3000)
  void shouldOnlyRefuseWhenACountIsHuge(
      @ForAll @IntRange(max = 100_000) int index,
      @ForAll @IntRange(max = 100_000) int at,
      @ForAll int count) {
    Sample sample = any(index);
    byte[] front = sample.front().clone();
    int position = at % Math.max(1, front.length - 3);
    for (int value : new int[] {count, -1, Integer.MAX_VALUE, Integer.MIN_VALUE, 0x00ffffff}) {
      for (int i = 0; i < 4 && front.length >= 4; i++) {
        front[position + i] = (byte) (value >>> 8 * i);
      }
      tryRead(sample, front);
    }
  }

  @Property
  void shouldOnlyRefuseRandomPayloads(@ForAll @Size(max = 200) byte[] bytes) {
    for (Consumer<byte[]> payload : PAYLOADS) {
      try {
        payload.accept(bytes);
      } catch (MalformedInputException e) {
        continue;
      }
    }
  }

  @Property
  void shouldOnlyRefuseDamagedPayloads(
      @ForAll @IntRange(max = 100_000) int index, @ForAll long seed) {
    Sample sample = any(index);
    if (sample.data().length == 0) {
      return;
    }
    byte[] damaged = sample.data().clone();
    Random random = new Random(seed);
    damaged[random.nextInt(damaged.length)] ^= (byte) (1 << random.nextInt(8));
    shouldOnlyRefuseRandomPayloads(damaged);
  }
}
