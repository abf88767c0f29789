package io.sluice.objectstore;

import io.sluice.bufferlist.Sys;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * An {@link IoQueue} of a few threads that block: where the kernel has no io_uring, and where a
 * test watches the calls.
 *
 * <p><b>Owns</b> its threads.
 */
final class PoolQueue implements IoQueue {
  private final Sys sys;
  private final Workers workers;
  private final AtomicInteger inFlight = new AtomicInteger();

  /**
   * @param threads how many transfers the disk sees at a time
   */
  PoolQueue(Sys sys, int threads) {
    this.sys = sys;
    this.workers = new Workers("store-io", threads);
  }

  @Override
  public void submit(Transfer transfer) {
    inFlight.incrementAndGet();
    try {
      workers.execute(() -> finish(transfer, call(transfer)));
    } catch (RejectedExecutionException e) {
      finish(transfer, -RingQueue.ECANCELED);
    }
  }

  private void finish(Transfer transfer, long result) {
    inFlight.decrementAndGet();
    transfer.done(result);
  }

  private long call(Transfer transfer) {
    int fd = transfer.fd();
    long address = transfer.memory().address();
    int count = transfer.memory().count();
    long result;
    do {
      if (transfer.kind() == Kind.READ) {
        result =
            transfer.gathers()
                ? sys.preadv(fd, address, count, transfer.offset())
                : sys.pread(fd, address, count, transfer.offset());
      } else {
        result =
            transfer.gathers()
                ? sys.pwritev(fd, address, count, transfer.offset())
                : sys.pwrite(fd, address, count, transfer.offset());
      }
    } while (result == -Sys.EINTR);
    return result;
  }

  @Override
  public int inFlight() {
    return inFlight.get();
  }

  @Override
  public String name() {
    return "pool";
  }

  @Override
  public void close() {
    workers.close();
  }
}
