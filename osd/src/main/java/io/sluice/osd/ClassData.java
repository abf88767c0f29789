package io.sluice.osd;

import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import io.sluice.types.UTime;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Optional;
import java.util.function.Consumer;

/** What several object classes keep in an object's omap, and how their keys are made of times. */
final class ClassData {
  /** Most entries in one answer. */
  static final int ENTRIES_MAX = 1000;

  private ClassData() {}

  /** What a user may ask for: anything else is as much as there may be. */
  static int bounded(int asked) {
    return asked < 0 ? ENTRIES_MAX : Math.min(asked, ENTRIES_MAX);
  }

  static Optional<byte[]> header(OpContext context) {
    return context
        .store()
        .attr(context.object(), Xattrs.OMAP_HEADER)
        .filter(bytes -> bytes.length > 0);
  }

  static void setHeader(OpContext context, Encoder header) {
    context.create();
    context.change(new RepChange.SetAttr(Xattrs.OMAP_HEADER, header.toByteArray()));
  }

  static void set(OpContext context, byte[] key, byte[] value) {
    context.create();
    context.change(new RepChange.OmapSet(key, value));
  }

  /** A versioned structure around what {@code body} writes. */
  static Encoder struct(int version, int compat, Consumer<Encoder> body) {
    Encoder to = new Encoder(64);
    int mark = to.begin(version, compat);
    body.accept(to);
    return to.end(mark);
  }

  static int answer(OpContext context, OsdOp step, Encoder output) {
    context.output(step.withData(output.toByteArray()));
    return 0;
  }

  /** {@code 1_SSSSSSSSSS.UUUUUU_}: keys sort by time. */
  static byte[] timeKey(UTime time) {
    long seconds = Integer.toUnsignedLong(time.seconds());
    long micros = Integer.toUnsignedLong(time.nanos()) / 1000;
    return String.format("1_%010d.%06d_", seconds, micros).getBytes(StandardCharsets.US_ASCII);
  }

  /** What all keys made of times begin with. */
  static byte[] timePrefix() {
    return "1_".getBytes(StandardCharsets.US_ASCII);
  }

  static byte[] join(byte[] first, byte[] second) {
    byte[] all = Arrays.copyOf(first, first.length + second.length);
    System.arraycopy(second, 0, all, first.length, second.length);
    return all;
  }

  /** How a key compares with a bound, of which it may be longer. */
  static int compareStart(byte[] key, byte[] bound) {
    byte[] start = key.length > bound.length ? Arrays.copyOf(key, bound.length) : key;
    return Arrays.compareUnsigned(start, bound);
  }
}
