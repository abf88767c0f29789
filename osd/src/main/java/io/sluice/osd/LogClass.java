package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import io.sluice.types.UTime;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * Entries by time in an object's omap: class {@code log}. (ceph: src/cls/log)
 *
 * <p>Keys are {@code 1_SECONDS.MICROS_} and what tells entries of one time apart, or what the
 * caller says; the omap header is {@code v1 { string greatest key | utime greatest time }}.
 */
final class LogClass {
  /** {@code v2 { string section | string name | utime | blob data | string id }}. */
  private record Entry(byte[] section, byte[] name, UTime time, byte[] data, byte[] id) {
    static Entry decode(Decoder from) {
      Decoder.Struct struct = from.begin(2, "cls_log_entry");
      byte[] section = from.blob();
      byte[] name = from.blob();
      UTime time = UTime.decode(from);
      byte[] data = from.blob();
      byte[] id = struct.version() >= 2 ? from.blob() : new byte[0];
      from.end(struct);
      return new Entry(section, name, time, data, id);
    }

    void encode(Encoder to) {
      int mark = to.begin(2, 1);
      to.blob(section).blob(name);
      time.encode(to);
      to.blob(data).blob(id).end(mark);
    }

    Entry withId(byte[] newId) {
      return new Entry(section, name, time, data, newId);
    }
  }

  private record Header(byte[] greatest, UTime time) {
    static Header of(OpContext context) {
      byte[] stored = ClassData.header(context).orElse(null);
      if (stored == null) {
        return new Header(new byte[0], UTime.ZERO);
      }
      Decoder from = new Decoder(stored);
      from.begin(1, "cls_log_header");
      return new Header(from.blob(), UTime.decode(from));
    }

    void encode(Encoder to) {
      int mark = to.begin(1, 1);
      to.blob(greatest);
      time.encode(to);
      to.end(mark);
    }
  }

  private static final UTime LATEST = new UTime(-1, 999_999_999);

  private LogClass() {}

  static Map<String, ObjectClasses.Method> methods() {
    return Map.of(
        "add", new ObjectClasses.Method(true, LogClass::add),
        "list", new ObjectClasses.Method(false, LogClass::list),
        "trim", new ObjectClasses.Method(true, LogClass::trim),
        "info", new ObjectClasses.Method(false, LogClass::info));
  }

  /** {@code v2 { list of entries | u8 times never go back }}. */
  private static int add(OpContext context, OsdOp step, Decoder from) {
    Decoder.Struct struct = from.begin(2, "cls_log_add_op");
    List<Entry> entries = from.list(Entry::decode);
    boolean monotonic = struct.version() < 2 || from.bool();
    Header header = Header.of(context);
    UTime newest = header.time();
    byte[] greatest = header.greatest();
    for (Entry entry : entries) {
      UTime time = entry.time();
      if (monotonic && time.compareTo(newest) < 0) {
        time = newest;
      } else if (time.compareTo(newest) > 0) {
        newest = time;
      }
      byte[] key = entry.id().length > 0 ? entry.id() : key(context, time);
      if (Arrays.compareUnsigned(key, greatest) > 0) {
        greatest = key;
      }
      Encoder value = new Encoder();
      entry.withId(key).encode(value);
      ClassData.set(context, key, value.toByteArray());
    }
    Encoder to = new Encoder(64);
    new Header(greatest, newest).encode(to);
    ClassData.setHeader(context, to);
    return 0;
  }

  /** As Ceph's: of two entries of one time in one call the second takes the first's place. */
  private static byte[] key(OpContext context, UTime time) {
    long version = context.group().store().info().lastUserVersion();
    String unique = version + "." + context.index();
    return ClassData.join(ClassData.timeKey(time), unique.getBytes(StandardCharsets.US_ASCII));
  }

  private static int list(OpContext context, OsdOp step, Decoder from) {
    TimeListing asked = TimeListing.decode(from, "cls_log_list_op");
    boolean bounded =
        !asked.since().equals(UTime.ZERO) && asked.until().compareTo(asked.since()) >= 0;
    int max = asked.asked() == 0 ? ClassData.ENTRIES_MAX : ClassData.bounded(asked.asked());
    return asked.answer(context, step, max, bounded, true, (to, entry) -> to.raw(entry.getValue()));
  }

  /** {@code v2 { utime from | utime to | string from marker | string to marker }}. */
  private static int trim(OpContext context, OsdOp step, Decoder from) {
    Decoder.Struct struct = from.begin(2, "cls_log_trim_op");
    UTime since = UTime.decode(from);
    UTime until = UTime.decode(from);
    byte[] fromMarker = struct.version() >= 2 ? from.blob() : new byte[0];
    byte[] toMarker = struct.version() >= 2 ? from.blob() : new byte[0];
    byte[] after = fromMarker.length > 0 ? fromMarker : ClassData.timeKey(since);
    byte[] end =
        toMarker.length > 0
            ? Arrays.copyOf(toMarker, toMarker.length + 1)
            : ClassData.timeKey(later(until));
    OmapPage first = OmapPage.of(context, after, new byte[0], 1);
    if (first.found().isEmpty() || Arrays.compareUnsigned(end, first.found().firstKey()) < 0) {
      return Errno.ENODATA.result();
    }
    context.change(new RepChange.OmapRemoveRange(first.found().firstKey(), end));
    return 0;
  }

  /** A microsecond later: keys of that time itself go, too. */
  private static UTime later(UTime time) {
    return UTime.ofNanos(Math.min(time.toNanos() + 1000, LATEST.toNanos()));
  }

  /** Answers {@code v1 { header }}. */
  private static int info(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_log_info_op");
    return ClassData.answer(
        context, step, ClassData.struct(1, 1, to -> Header.of(context).encode(to)));
  }
}
