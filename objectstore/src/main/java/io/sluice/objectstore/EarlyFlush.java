package io.sluice.objectstore;

import java.io.IOException;

/**
 * Flushes what was staged meanwhile, while the committer waits for its database: the next group
 * then finds its data durable.
 *
 * <p>It only ever makes the committer's own flush unnecessary: whether data are durable is {@link
 * DataFiles#isFlushed} to say, and the committer asks. While the committer waits for work it does
 * nothing, so a single write has no other thread to wait for.
 *
 * <p><b>Threads:</b> one of its own. <b>Owns</b> that thread.
 */
final class EarlyFlush implements AutoCloseable {
  private final DataFiles files;
  private final StoreCounters counters;
  private final StopSwitch stop;
  private Thread thread;
  private boolean committing;

  /** Data were staged while the committer was at its database; it may be back when this is seen. */
  private boolean wanted;

  private boolean closed;

  EarlyFlush(DataFiles files, StoreCounters counters, StopSwitch stop) {
    this.files = files;
    this.counters = counters;
    this.stop = stop;
  }

  private void run() {
    try {
      while (awaitWork()) {
        if (files.flush()) {
          counters.flushed();
        }
      }
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (IOException | RuntimeException | Error e) {
      stop.fail("a flush failed", e);
    }
  }

  /** False when closed. */
  private synchronized boolean awaitWork() throws InterruptedException {
    while (!closed && (!wanted || stop.stopped())) {
      wait();
    }
    wanted = false;
    return !closed;
  }

  /** The committer goes to its database, or is back. */
  synchronized void committing(boolean now) {
    committing = now;
    if (now && files.hasUnflushed()) {
      wake();
    }
  }

  /** A staged write came to its end. */
  synchronized void written() {
    if (committing) {
      wake();
    }
  }

  /** Many a store is opened, looked at and closed: the thread begins with its first work. */
  private void wake() {
    wanted = true;
    if (thread == null && !closed) {
      thread = new Thread(this::run, "store-flush");
      thread.setDaemon(true);
      thread.start();
    }
    notifyAll();
  }

  /**
   * @throws IllegalStateException when a flush takes longer than {@link Presence#LONG_ENOUGH}
   */
  @Override
  public void close() {
    Thread last;
    synchronized (this) {
      closed = true;
      notifyAll();
      last = thread;
    }
    if (last != null) {
      Presence.awaitEnd(last, Presence.LONG_ENOUGH);
    }
  }
}
