package io.sluice.protocol;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;

/** Input of omap-rm-key-range: keys in {@code [first, end)}: {@code blob first | blob end}. */
public record OmapRange(byte[] first, byte[] end) {
  public byte[] encode() {
    return new Encoder().blob(first).blob(end).toByteArray();
  }

  public static OmapRange decode(byte[] payload) {
    Decoder from = new Decoder(payload);
    return new OmapRange(from.blob(), from.blob());
  }
}
