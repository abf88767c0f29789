package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.protocol.RepChange;
import io.sluice.types.UTime;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Values by time and a name in an object's omap: class {@code timeindex}. (ceph: src/cls/timeindex)
 *
 * <p>Keys are {@code 1_SECONDS.MICROS_NAME}.
 */
final class TimeindexClass {
  private static final Pattern KEY = Pattern.compile("1_(\\d+)\\.(\\d+)_(\\S{0,255}).*");

  /** {@code v1 { utime | string name | blob value }}. */
  private record Entry(UTime time, byte[] name, byte[] value) {
    static Entry decode(Decoder from) {
      Decoder.Struct struct = from.begin(1, "cls_timeindex_entry");
      Entry entry = new Entry(UTime.decode(from), from.blob(), from.blob());
      from.end(struct);
      return entry;
    }

    /** As Ceph's: microseconds come back as nanoseconds. */
    static Entry of(byte[] key, byte[] value) {
      Matcher parts = KEY.matcher(new String(key, StandardCharsets.ISO_8859_1));
      if (!parts.matches()) {
        return new Entry(UTime.ZERO, new byte[0], value);
      }
      int seconds = number(parts.group(1));
      int micros = number(parts.group(2));
      byte[] name = parts.group(3).getBytes(StandardCharsets.ISO_8859_1);
      return new Entry(new UTime(seconds, micros), name, value);
    }

    /** As C's scanf reads it: of more digits than a long has it makes the greatest there is. */
    private static int number(String digits) {
      try {
        return (int) Long.parseLong(digits);
      } catch (NumberFormatException e) {
        return (int) Long.MAX_VALUE;
      }
    }

    void encode(Encoder to) {
      int mark = to.begin(1, 1);
      time.encode(to);
      to.blob(name).blob(value).end(mark);
    }
  }

  private TimeindexClass() {}

  static Map<String, ObjectClasses.Method> methods() {
    return Map.of(
        "add", new ObjectClasses.Method(true, TimeindexClass::add),
        "list", new ObjectClasses.Method(false, TimeindexClass::list),
        "trim", new ObjectClasses.Method(true, TimeindexClass::trim));
  }

  /** {@code v1 { list of entries }}. */
  private static int add(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_timeindex_add_op");
    for (Entry entry : from.list(Entry::decode)) {
      byte[] key = ClassData.join(ClassData.timeKey(entry.time()), entry.name());
      ClassData.set(context, key, entry.value());
    }
    return 0;
  }

  private static int list(OpContext context, OsdOp step, Decoder from) {
    TimeListing asked = TimeListing.decode(from, "cls_timeindex_list_op");
    boolean bounded = asked.until().compareTo(asked.since()) >= 0;
    return asked.answer(
        context,
        step,
        ClassData.bounded(asked.asked()),
        bounded,
        false,
        (to, entry) -> Entry.of(entry.getKey(), entry.getValue()).encode(to));
  }

  /** {@code v1 { utime from | utime to | string from marker | string to marker }}. */
  private static int trim(OpContext context, OsdOp step, Decoder from) {
    from.begin(1, "cls_timeindex_trim_op");
    UTime since = UTime.decode(from);
    UTime until = UTime.decode(from);
    byte[] fromMarker = from.blob();
    byte[] toMarker = from.blob();
    byte[] after = fromMarker.length > 0 ? fromMarker : ClassData.timeKey(since);
    byte[] end = toMarker.length > 0 ? toMarker : ClassData.timeKey(until);
    OmapPage page = OmapPage.of(context, after, ClassData.timePrefix(), ClassData.ENTRIES_MAX);
    boolean removed = false;
    for (byte[] key : page.found().keySet()) {
      if (ClassData.compareStart(key, end) > 0) {
        break;
      }
      context.change(new RepChange.OmapRemove(key));
      removed = true;
    }
    return removed ? 0 : Errno.ENODATA.result();
  }
}
