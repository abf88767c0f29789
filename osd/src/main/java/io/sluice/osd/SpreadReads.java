package io.sluice.osd;

import io.sluice.protocol.Errno;
import io.sluice.protocol.MOSDOp;
import io.sluice.protocol.MOSDOpReply;
import io.sluice.protocol.OpFlags;

/**
 * Reads that a client spreads over all acting members, or sends to the one nearest to it. In Sluice
 * only primaries serve, so the others answer EAGAIN, upon which a client asks the primary: left
 * without an answer it would wait for ever, since no map tells it to ask again.
 */
final class SpreadReads {
  private SpreadReads() {}

  /** Answers such a read, which is over then; false for anything else. */
  static boolean sendOn(ClientOp op, int epoch) {
    MOSDOp request = op.request();
    boolean spread = request.has(OpFlags.BALANCE_READS) || request.has(OpFlags.LOCALIZE_READS);
    if (!spread || ObjectClasses.mayWrite(request)) {
      return false;
    }
    op.releasePayloads();
    op.connection().send(MOSDOpReply.to(request, Errno.EAGAIN.result(), epoch).toEnvelope());
    op.close();
    return true;
  }
}
