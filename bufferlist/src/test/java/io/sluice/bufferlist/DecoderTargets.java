package io.sluice.bufferlist;

import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.stream.Stream;

/**
 * The decoders of one fuzz test, among which an input chooses.
 *
 * <pre>
 * be16 place | bytes for the decoder whose place that is, or the next one behind it; after the last the first
 * </pre>
 *
 * <p>A decoder's place is made of its name, so that the corpus of one stays its own when others are
 * added or taken away.
 */
public final class DecoderTargets {
  private static final int PLACE_BYTES = 2;

  private final NavigableMap<Integer, DecoderTarget> byPlace = new TreeMap<>();

  private DecoderTargets(List<DecoderTarget> all) {
    for (DecoderTarget target : all) {
      DecoderTarget other = byPlace.put(place(target), target);
      if (other != null) {
        throw new IllegalArgumentException(
            "'" + target + "' and '" + other + "' have one place: call one of them something else");
      }
    }
  }

  public static DecoderTargets of(List<DecoderTarget> all) {
    return new DecoderTargets(all);
  }

  private static int place(DecoderTarget target) {
    int hash = target.name().hashCode();
    return (hash ^ hash >>> 16) & 0xffff;
  }

  /** Gives an input to the decoder that it is for. */
  public void fuzz(byte[] input) {
    if (input.length >= PLACE_BYTES) {
      int place = (input[0] & 0xff) << 8 | input[1] & 0xff;
      Map.Entry<Integer, DecoderTarget> next = byPlace.ceilingEntry(place);
      DecoderTarget target = (next == null ? byPlace.firstEntry() : next).getValue();
      target.tryRead(Arrays.copyOfRange(input, PLACE_BYTES, input.length));
    }
  }

  /** Where a fuzz test begins: every sample of every decoder, as such an input. */
  public Stream<byte[]> seeds() {
    return byPlace.entrySet().stream()
        .flatMap(
            each -> each.getValue().samples().stream().map(sample -> input(each.getKey(), sample)));
  }

  private static byte[] input(int place, byte[] sample) {
    byte[] input = new byte[PLACE_BYTES + sample.length];
    input[0] = (byte) (place >>> 8);
    input[1] = (byte) place;
    System.arraycopy(sample, 0, input, PLACE_BYTES, sample.length);
    return input;
  }
}
