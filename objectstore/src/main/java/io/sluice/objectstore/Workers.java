package io.sluice.objectstore;

import java.time.Duration;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * A few threads that block on the disk for everybody else.
 *
 * <p>Bounded: with {@value #QUEUED_MAX} tasks waiting, the next one runs in the thread that brings
 * it, which is back-pressure of the last resort; whoever asks bounds its requests long before.
 *
 * <p><b>Owns</b> its threads, and what they opened for themselves.
 */
final class Workers implements Executor, AutoCloseable {
  private static final int QUEUED_MAX = 16_384;

  private final String name;
  private final ThreadPoolExecutor pool;
  private final Queue<AutoCloseable> owned = new ConcurrentLinkedQueue<>();

  Workers(String name, int threads) {
    this.name = name;
    AtomicInteger number = new AtomicInteger();
    pool =
        new ThreadPoolExecutor(
            threads,
            threads,
            10,
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(QUEUED_MAX),
            task -> {
              Thread thread = new Thread(task, name + "-" + number.getAndIncrement());
              thread.setDaemon(true);
              return thread;
            },
            (task, full) -> {
              if (full.isShutdown()) {
                throw new RejectedExecutionException(name + " is closed");
              }
              task.run();
            });
  }

  @Override
  public void execute(Runnable task) {
    pool.execute(task);
  }

  /** Closed when the workers are. */
  <T extends AutoCloseable> T own(T resource) {
    owned.add(resource);
    return resource;
  }

  int queued() {
    return pool.getQueue().size();
  }

  /**
   * Waits for what was given to it.
   *
   * @throws IllegalStateException when it has not ended in {@link Presence#LONG_ENOUGH}: files and
   *     memory are still its own, and what is owned stays
   */
  @Override
  public void close() {
    close(Presence.LONG_ENOUGH);
  }

  void close(Duration bound) {
    pool.shutdown();
    long deadline = System.nanoTime() + bound.toNanos();
    boolean interrupted = false;
    for (long left = bound.toNanos(); !pool.isTerminated() && left > 0; ) {
      try {
        pool.awaitTermination(left, TimeUnit.NANOSECONDS);
      } catch (InterruptedException e) {
        interrupted = true;
      }
      left = deadline - System.nanoTime();
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (!pool.isTerminated()) {
      throw new IllegalStateException(
          name + ": " + pool.getActiveCount() + " tasks have not ended in " + bound);
    }
    for (AutoCloseable resource : owned) {
      try {
        resource.close();
      } catch (Exception e) {
        throw new IllegalStateException("closing " + resource, e);
      }
    }
  }
}
