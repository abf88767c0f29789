package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.OsdOp;
import io.sluice.types.EntityName;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Gives back one attribute. How long it is comes out only when it is looked up: a long one, whose
 * operation was let in as one with a usual one, is let go, and looked up again when there is room
 * for it in the {@link MemoryGate}.
 *
 * <p><b>Threads:</b> the group's loop.
 */
final class SingleAttribute {
  private SingleAttribute() {}

  /**
   * @param look null when there is none, which is ENODATA
   * @param output the step with the value
   */
  static int give(OpContext context, Supplier<byte[]> look, Function<byte[], OsdOp> output) {
    byte[] value = look.get();
    if (value == null) {
      return Errno.ENODATA.result();
    }
    ClientOp op = context.op();
    boolean isPeer = op.connection().peerName().type() == EntityName.OSD;
    if (value.length <= Limits.USUAL_XATTR_BYTES || op.share() != null || isPeer) {
      context.output(output.apply(value));
      return 0;
    }
    context
        .store()
        .whenHeap(
            op,
            Limits.OPERATION_BYTES + 2L * value.length,
            () -> {
              byte[] again = look.get();
              if (again != null) {
                context.output(output.apply(again));
              }
              context.resume(again == null ? Errno.EAGAIN.result() : 0); // ours no longer
            });
    return OpContext.PENDING;
  }
}
