package io.sluice.bufferlist;

import com.sun.jna.Function;
import com.sun.jna.NativeLibrary;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Gives the kernel back what native libraries have freed, from time to time.
 *
 * <p>What RocksDB frees lies among what it keeps, and glibc holds on to it: a million objects used
 * for minutes left 111 of 512 MiB in no use. {@code malloc_trim} returns whole pages, wherever they
 * lie. Where there is none (musl) nothing is done.
 *
 * <p><b>Threads:</b> any; each has one of its own, which ends with {@link #close}.
 */
public final class NativeHeap implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(NativeHeap.class);
  private static final int SECONDS_BETWEEN = 2;

  private final CountDownLatch closed = new CountDownLatch(1);

  private NativeHeap() {}

  /** Trims the heap of this process until it is closed. */
  public static NativeHeap keepTrimmed() {
    NativeHeap heap = new NativeHeap();
    try {
      Function trim = NativeLibrary.getProcess().getFunction("malloc_trim");
      Thread thread = new Thread(() -> heap.run(trim), "heap-trim");
      thread.setDaemon(true);
      thread.start();
    } catch (UnsatisfiedLinkError e) {
      LOG.debug("no malloc_trim here", e);
    }
    return heap;
  }

  private void run(Function trim) {
    try {
      while (!closed.await(SECONDS_BETWEEN, TimeUnit.SECONDS)) {
        trim.invokeInt(new Object[] {0L});
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  @Override
  public void close() {
    closed.countDown();
  }
}
