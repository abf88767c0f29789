package io.sluice.objectstore;

import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A few threads that block on the disk for everybody else.
 *
 * <p>Bounded: with {@value #QUEUED_MAX} tasks waiting, the next one runs in the thread that brings
 * it, which is back-pressure of the last resort; whoever asks bounds its requests long before.
 *
 * <p><b>Owns</b> its threads, and what they opened for themselves.
 */
final class Workers implements Executor, AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Workers.class);
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

  /** Waits for what was given to it, and says each minute that it still does. */
  @Override
  public void close() {
    pool.shutdown();
    boolean interrupted = false;
    while (!pool.isTerminated()) {
      try {
        if (!pool.awaitTermination(1, TimeUnit.MINUTES)) {
          LOG.error("{}: {} tasks have not ended in a minute", name, pool.getActiveCount());
        }
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
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
