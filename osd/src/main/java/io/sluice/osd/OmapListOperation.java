package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OsdOp;

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
    OmapPage page =
        withValues
            ? OmapPage.of(context, after, prefix, max)
            : OmapPage.ofKeys(context, after, max);
    Encoder to = new Encoder().le32(page.found().size());
    page.found()
        .forEach(
            (key, value) -> {
              to.blob(key);
              if (withValues) {
                to.blob(value);
              }
            });
    context.output(step.withData(to.bool(page.more()).toByteArray()));
    return 0;
  }
}
