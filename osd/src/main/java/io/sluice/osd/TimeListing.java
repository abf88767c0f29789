package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OsdOp;
import io.sluice.types.UTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;

/**
 * What classes {@code log} and {@code timeindex} are asked to list: the entries of a stretch of
 * time, in pages.
 *
 * <pre>
 * question  v1 { utime from | string marker | utime to | le32 max }
 * answer    v1 { list of entries | string marker | u8 there are more }
 * </pre>
 *
 * @param marker where the last page ended; empty: at {@code since}
 * @param asked how many, of which each class makes its own
 */
record TimeListing(UTime since, byte[] marker, UTime until, int asked) {
  static TimeListing decode(Decoder from, String name) {
    from.begin(1, name);
    return new TimeListing(UTime.decode(from), from.blob(), UTime.decode(from), from.le32());
  }

  /**
   * Answers with a page.
   *
   * @param bounded false: {@code until} is not looked at
   * @param marksTheEnd the next page begins behind the entry that ended this one, too (ceph: log),
   *     or behind the last of this one (ceph: timeindex)
   */
  int answer(
      OpContext context,
      OsdOp step,
      int max,
      boolean bounded,
      boolean marksTheEnd,
      BiConsumer<Encoder, Map.Entry<byte[], byte[]>> encoder) {
    byte[] after = marker.length > 0 ? marker : ClassData.timeKey(since);
    byte[] end = ClassData.timeKey(until);
    OmapPage page = OmapPage.of(context, after, ClassData.timePrefix(), max);
    boolean more = page.more();
    byte[] last = new byte[0];
    List<Map.Entry<byte[], byte[]>> entries = new ArrayList<>();
    for (Map.Entry<byte[], byte[]> entry : page.found().entrySet()) {
      boolean over = bounded && ClassData.compareStart(entry.getKey(), end) >= 0;
      last = over && !marksTheEnd ? last : entry.getKey();
      if (over) {
        more = false;
        break;
      }
      entries.add(entry);
    }
    byte[] stopped = last;
    boolean truncated = more;
    return ClassData.answer(
        context,
        step,
        ClassData.struct(1, 1, to -> to.list(entries, encoder).blob(stopped).bool(truncated)));
  }
}
