package io.sluice.client;

import io.sluice.protocol.OsdMap;
import io.sluice.protocol.PoolInfo;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says in one line that operations wait for room, and says it again only after one of them got
 * some: they wait for as long as it takes, as Ceph's clients do, and nobody should wonder why.
 *
 * <p><b>Threads:</b> the client's loop.
 */
final class Waiting {
  private static final Logger LOG = LoggerFactory.getLogger(Waiting.class);

  /** So often an operation is sent back before it is worth a line: some seconds. */
  static final int WORTH_SAYING = 30;

  private boolean said;

  /** An OSD has asked for the operation later. */
  void sentBack(PendingOp op, OsdMap map) {
    if (++op.sentBack < WORTH_SAYING || said) {
      return;
    }
    said = true;
    PoolInfo pool = map.pool(op.operation.object().pool());
    boolean full = pool != null && (pool.flags() & PoolInfo.FULL) != 0;
    boolean quota = full && (pool.flags() & PoolInfo.FULL_QUOTA) != 0;
    LOG.warn(
        "{}: {}; it waits",
        op.operation.what(),
        quota
            ? "the pool has reached its quota"
            : full ? "the pool is full" : "the OSD cannot do it yet");
  }

  /** The operation is over. */
  void ended(PendingOp op) {
    said &= op.sentBack == 0;
  }
}
