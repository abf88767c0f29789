package io.sluice.osd;

import io.sluice.bufferlist.Decoder;
import io.sluice.bufferlist.Encoder;
import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import java.util.Arrays;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/**
 * The values of the keys asked for, as far as there are such, in order and each once: {@code le32
 * n, n x {string | blob}}.
 */
final class OmapGetOperation implements Operation {
  @Override
  public int apply(OpContext context, OsdOp step) {
    if (step.reader().count(4) > Limits.CHANGES) {
      return Errno.E2BIG.result();
    }
    Encoder to = new Encoder();
    to.le32(0);
    int found = 0;
    SortedSet<byte[]> keys = new TreeSet<>(Arrays::compareUnsigned);
    keys.addAll(step.reader().list(Decoder::blob));
    for (byte[] key : keys) {
      Optional<byte[]> value = context.store().omapGet(context.object(), key);
      if (value.isPresent()) {
        to.blob(key).blob(value.get());
        found++;
      }
      if (to.length() > Limits.STEP_OUTPUT_BYTES) {
        return Errno.E2BIG.result(); // there is no way to say that some are missing
      }
    }
    to.patchLe32(0, found);
    context.output(step.withData(to.toByteArray()));
    return 0;
  }
}
