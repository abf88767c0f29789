package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.OsdOp;
import java.util.Optional;

/**
 * The values of the keys asked for, as far as there are such: {@code le32 n, n x {string | blob}}.
 */
final class OmapGetOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    Encoder to = new Encoder();
    to.le32(0);
    int found = 0;
    for (byte[] key : step.reader().list(Decoder::blob)) {
      Optional<byte[]> value = context.store().omapGet(context.object(), key);
      if (value.isPresent()) {
        to.blob(key).blob(value.get());
        found++;
      }
    }
    to.patchLe32(0, found);
    context.output(step.withData(to.toByteArray()));
    return 0;
  }
}
