package io.sluice.monitor;

import io.sluice.messenger.GlobalIds;
import io.sluice.types.EntityName;

/**
 * Hands out global ids from batches that the replicated state has given to this monitor.
 *
 * <p>A reused id would make an OSD take a new client's write for an old client's duplicate. So a
 * batch is durable before its first id is handed out, and what is left of it at a restart is never
 * used.
 *
 * <p><b>Invariants:</b> an id is granted as new at most once; a peer that asks for one again (a
 * reconnection) gets it only when it is not among those still to be granted.
 *
 * <p><b>Threads:</b> any.
 */
final class GlobalIdPool implements GlobalIds {
  /** Ids in one batch: a commit for every so many new clients. */
  static final int BATCH = 1024;

  private long next;
  private long end;
  private long refill;
  private long refillEnd;

  /** A durable batch is ours. */
  synchronized void add(long first, int count) {
    if (next == end) {
      next = first;
      end = first + count;
    } else {
      refill = first;
      refillEnd = first + count;
    }
  }

  /** True when it is time to ask for another batch. */
  synchronized boolean low() {
    return refill == refillEnd && end - next < BATCH / 2;
  }

  synchronized boolean isEmpty() {
    return next == end && refill == refillEnd;
  }

  @Override
  public synchronized long grant(EntityName peer, long requested) {
    if (requested > 0 && requested < Math.max(end, refillEnd) && !pending(requested)) {
      return requested;
    }
    if (next == end) {
      next = refill;
      end = refillEnd;
      refill = 0;
      refillEnd = 0;
    }
    if (next == end) {
      throw new IllegalStateException("no global ids left until the next batch is durable");
    }
    return next++;
  }

  private boolean pending(long id) {
    return id >= next && id < end || id >= refill && id < refillEnd;
  }
}
