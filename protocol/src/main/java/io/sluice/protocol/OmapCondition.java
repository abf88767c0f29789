package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import java.util.ArrayList;
import java.util.List;

/**
 * One condition of omap-cmp; one that does not hold ends the operation with ECANCELED.
 *
 * <pre>
 * le32 n, n x { blob key | blob value | le32 comparison }
 * </pre>
 *
 * @param value the stored one (empty when absent) stands left of the comparison, this one right
 * @param comparison {@link #EQUAL}, {@link #GREATER} or {@link #LESS}; anything else is EINVAL
 */
public record OmapCondition(byte[] key, byte[] value, int comparison) {
  public static final int EQUAL = 1;
  public static final int GREATER = 3;
  public static final int LESS = 5;

  public static byte[] encode(List<OmapCondition> conditions) {
    Encoder to = new Encoder();
    to.list(conditions, (out, each) -> out.blob(each.key).blob(each.value).le32(each.comparison));
    return to.toByteArray();
  }

  public static List<OmapCondition> decode(byte[] payload) {
    Decoder from = new Decoder(payload);
    int count = from.count(12);
    List<OmapCondition> conditions = new ArrayList<>(count);
    for (int i = 0; i < count; i++) {
      conditions.add(new OmapCondition(from.blob(), from.blob(), from.le32()));
    }
    return conditions;
  }
}
