package io.sluice.osd;

import io.sluice.objectstore.ObjectStore;
import java.util.Arrays;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Some keys of an object's omap in order, with their values, as committed.
 *
 * @param more there are others behind them
 */
record OmapPage(SortedMap<byte[], byte[]> found, boolean more) {
  private static final byte[] NOTHING = {};

  /**
   * What comes behind a key and begins like the prefix: at most {@code max} keys, with their values
   * at most {@link Limits#OMAP_REPLY_BYTES} or one entry.
   *
   * @param after empty: from the beginning
   * @param prefix may be empty
   */
  static OmapPage of(OpContext context, byte[] after, byte[] prefix, int max) {
    return of(context, after, prefix, max, true);
  }

  /** The same without values, each in the place of which is nothing. */
  static OmapPage ofKeys(OpContext context, byte[] after, int max) {
    return of(context, after, NOTHING, max, false);
  }

  private static OmapPage of(
      OpContext context, byte[] after, byte[] prefix, int max, boolean withValues) {
    // The smallest key behind "after" is "after" with a zero byte.
    byte[] first = after.length == 0 ? after : Arrays.copyOf(after, after.length + 1);
    if (Arrays.compareUnsigned(prefix, first) > 0) {
      first = prefix;
    }
    Filler filler = new Filler(prefix, max, withValues);
    context.store().omapScan(context.object(), first, filler);
    return new OmapPage(filler.found, filler.more);
  }

  private static final class Filler implements ObjectStore.OmapVisitor {
    private final SortedMap<byte[], byte[]> found = new TreeMap<>(Arrays::compareUnsigned);
    private final byte[] prefix;
    private final int max;
    private final boolean withValues;
    private long bytes;
    private boolean more;

    private Filler(byte[] prefix, int max, boolean withValues) {
      this.prefix = prefix;
      this.max = max;
      this.withValues = withValues;
    }

    @Override
    public boolean visit(byte[] key, byte[] value) {
      if (!startsWith(key, prefix)) {
        return false;
      }
      bytes += key.length + (withValues ? value.length : 0);
      boolean full = bytes > Limits.OMAP_REPLY_BYTES && !found.isEmpty();
      more = full || found.size() >= max;
      if (!more) {
        found.put(key, withValues ? value : NOTHING);
      }
      return !more;
    }
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
