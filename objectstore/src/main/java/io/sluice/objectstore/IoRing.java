package io.sluice.objectstore;

import io.netty.channel.IoEventLoop;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.uring.IoUring;
import io.netty.channel.uring.IoUringIoHandler;
import io.netty.channel.uring.IoUringIoHandlerConfig;
import io.netty.util.concurrent.DefaultThreadFactory;

/**
 * The event loop on io_uring for the data files of all stores in the process.
 *
 * <p>Opened when the first store asks, and kept: at a ring's end Netty 4.2.18 waits for one
 * completion, not for all ([M] of 256 transfers in flight, 200 had not ended when the loop had), so
 * their memory is nobody's to free. Seen once, cause not isolated: glibc's "unaligned tcache chunk"
 * when each of a few thousand stores had a ring of its own; 18,000 rings opened and closed without
 * a store did not show it.
 *
 * <p><b>Owns</b> one daemon thread and one ring.
 */
final class IoRing {
  private static IoRing shared;

  private final IoEventLoop loop;

  private IoRing(IoEventLoop loop) {
    this.loop = loop;
  }

  /** False where the kernel has no io_uring, forbids it, or the native library does not load. */
  static boolean isAvailable() {
    return IoUring.isAvailable();
  }

  /**
   * @throws RuntimeException when the kernel has no room for a ring
   */
  static synchronized IoRing shared() {
    if (shared == null) {
      IoUringIoHandlerConfig config =
          new IoUringIoHandlerConfig()
              .setRingSize(RingQueue.IN_FLIGHT_MAX)
              .setCqSize(4 * RingQueue.IN_FLIGHT_MAX);
      DefaultThreadFactory threads = new DefaultThreadFactory("store-ring", true);
      shared =
          new IoRing(
              new MultiThreadIoEventLoopGroup(1, threads, IoUringIoHandler.newFactory(config))
                  .next());
    }
    return shared;
  }

  IoEventLoop loop() {
    return loop;
  }
}
