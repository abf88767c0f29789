package io.sluice.osd;

import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Some keys of an object's omap in order, with their values, as committed.
 *
 * @param more there are others behind them
 */
record OmapPage(SortedMap<byte[], byte[]> found, boolean more) {
  /**
   * What comes behind a key and begins like the prefix.
   *
   * @param after empty: from the beginning
   * @param prefix may be empty
   */
  static OmapPage of(OpContext context, byte[] after, byte[] prefix, int max) {
    // The smallest key behind "after" is "after" with a zero byte.
    byte[] first = after.length == 0 ? after : Arrays.copyOf(after, after.length + 1);
    if (Arrays.compareUnsigned(prefix, first) > 0) {
      first = prefix;
    }
    SortedMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
    PgObjects store = context.store();
    SortedMap<byte[], byte[]> page =
        store.omapList(context.object(), first, max, Limits.OMAP_REPLY_BYTES);
    for (Map.Entry<byte[], byte[]> entry : page.entrySet()) {
      if (!startsWith(entry.getKey(), prefix)) {
        return new OmapPage(found, false);
      }
      found.put(entry.getKey(), entry.getValue());
    }
    byte[] next = page.isEmpty() ? first : Arrays.copyOf(page.lastKey(), page.lastKey().length + 1);
    SortedMap<byte[], byte[]> behind = store.omapList(context.object(), next, 1, 1);
    return new OmapPage(found, !behind.isEmpty() && startsWith(behind.firstKey(), prefix));
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
