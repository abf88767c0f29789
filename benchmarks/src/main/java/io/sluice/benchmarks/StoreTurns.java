package io.sluice.benchmarks;

import io.sluice.objectstore.StoreException;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;

/**
 * So many operations in flight, each of which is followed by the next where it ends.
 *
 * <p><b>Threads:</b> whoever tells an end.
 */
final class StoreTurns {
  private final int count;
  private final int depth;
  private final StoreBench.Operation operation;
  private final AtomicInteger next = new AtomicInteger();
  private final AtomicReference<Throwable> failed = new AtomicReference<>();
  private final CountDownLatch lanes;

  StoreTurns(int count, int depth, StoreBench.Operation operation) {
    this.count = count;
    this.depth = depth;
    this.operation = operation;
    this.lanes = new CountDownLatch(depth);
  }

  void run(Duration patience) throws Exception {
    for (int i = 0; i < depth; i++) {
      new Lane().advance();
    }
    if (!lanes.await(patience.toNanos(), TimeUnit.NANOSECONDS)) {
      throw new IllegalStateException("not all ended in " + patience);
    }
    if (failed.get() != null) {
      throw new StoreException(StoreException.Kind.READ_ERROR, "operation failed", failed.get());
    }
  }

  /** One operation at a time. An operation may end before its start returns. */
  private final class Lane implements StoreBench.Ended {
    /** What start and end of the present operation have yet to say: the second of them goes on. */
    private final AtomicInteger open = new AtomicInteger();

    void advance() {
      do {
        int number = next.getAndIncrement();
        if (number >= count || failed.get() != null) {
          lanes.countDown();
          return;
        }
        open.set(2);
        try {
          operation.start(number, this);
        } catch (Exception e) {
          failed.compareAndSet(null, e);
          lanes.countDown();
          return;
        }
      } while (open.decrementAndGet() == 0);
    }

    @Override
    public void ended(Throwable failure) {
      if (failure != null) {
        failed.compareAndSet(null, failure);
      }
      if (open.decrementAndGet() == 0) {
        advance();
      }
    }
  }
}
