package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OsdOp;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;

/**
 * Keys, or keys with values, behind a key: request {@code string after | le64 max [| string
 * prefix]}, answer {@code le32 n, n x {string [| blob]} | u8 more}.
 */
final class OmapListOperation implements Operation {
  private final boolean withValues;

  OmapListOperation(boolean withValues) {
    this.withValues = withValues;
  }

  @Override
  public int apply(OpContext context, OsdOp step) {
    Decoder from = step.reader();
    byte[] after = from.blob();
    long asked = from.le64();
    byte[] prefix = withValues ? from.blob() : new byte[0];
    int max = (int) (asked < 0 ? Limits.OMAP_ENTRIES : Math.min(asked, Limits.OMAP_ENTRIES));
    // The smallest key behind "after" is "after" with a zero byte; the empty key means: from the
    // beginning.
    byte[] first = after.length == 0 ? after : Arrays.copyOf(after, after.length + 1);
    if (Arrays.compareUnsigned(prefix, first) > 0) {
      first = prefix;
    }
    SortedMap<byte[], byte[]> found = context.store().omapList(context.object(), first, max + 1);
    Encoder to = new Encoder();
    to.le32(0);
    int count = 0;
    boolean more = false;
    for (Map.Entry<byte[], byte[]> entry : found.entrySet()) {
      if (!startsWith(entry.getKey(), prefix)) {
        break;
      }
      if (count == max) {
        more = true;
        break;
      }
      to.blob(entry.getKey());
      if (withValues) {
        to.blob(entry.getValue());
      }
      count++;
    }
    to.patchLe32(0, count);
    context.output(step.withData(to.bool(more).toByteArray()));
    return 0;
  }

  private static boolean startsWith(byte[] key, byte[] prefix) {
    return key.length >= prefix.length
        && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
  }
}
