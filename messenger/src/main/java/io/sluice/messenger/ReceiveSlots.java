package io.sluice.messenger;

import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.MemfdBuffer;
import io.sluice.bufferlist.MemfdPool;
import io.sluice.bufferlist.Sys;

/**
 * Page-aligned memory files into which large payload of senders that are not ours is received: the
 * one copy it takes buys the disk's and the replicas' zero-copy path, as it is written with
 * O_DIRECT from the mapping and sent on by sendfile.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> what is idle.
 */
final class ReceiveSlots implements AutoCloseable {
  /** 16 objects of the usual striping: what {@code rados bench} has in flight. */
  private static final int LARGE_COUNT = 64;

  private static final int MEDIUM_BYTES = 256 << 10;
  private static final int MEDIUM_COUNT = 32;

  /** All of them, beside what the messenger's buffers hold. */
  static final long BYTES_MAX =
      (long) LARGE_COUNT * MessengerLimits.MEMORY_CHUNK + (long) MEDIUM_COUNT * MEDIUM_BYTES;

  private final MemfdPool large;
  private final MemfdPool medium;

  ReceiveSlots(Sys sys, CopyMeter meter) {
    large = new MemfdPool(sys, meter, MessengerLimits.MEMORY_CHUNK, LARGE_COUNT);
    medium = new MemfdPool(sys, meter, MEDIUM_BYTES, MEDIUM_COUNT);
  }

  /** Null when the bound is reached, which the pool counts, or the piece is not worth a slot. */
  MemfdBuffer tryAcquire(int size) {
    if (size < MessengerLimits.COPY_COUNTED_MIN || size > large.bufferBytes()) {
      return null;
    }
    return (size <= MEDIUM_BYTES ? medium : large).tryAcquire();
  }

  int inUse() {
    return large.inUse() + medium.inUse();
  }

  int pooled() {
    return large.pooled() + medium.pooled();
  }

  @Override
  public void close() {
    large.close();
    medium.close();
  }
}
