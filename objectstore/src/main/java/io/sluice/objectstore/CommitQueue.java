package io.sluice.objectstore;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.LongPredicate;
import java.util.function.Predicate;

/**
 * Transactions on their way to the committer, in order per collection.
 *
 * <p>One whose data are still being written holds back those behind it in its collection, and no
 * others.
 *
 * <p>Bounded: {@link #put} blocks the caller while {@value #QUEUED_MAX} transactions or {@value
 * #BYTES_MAX} bytes of them wait (never the committer's own thread, whose callbacks may commit).
 * <b>Threads:</b> any for putting, one taker.
 */
final class CommitQueue {
  /** Far more than a disk syncs in a second, so that only a stuck disk is felt. */
  private static final int QUEUED_MAX = 8192;

  /** Inline data, attributes and omap values held in memory. */
  private static final long BYTES_MAX = 32 << 20;

  /**
   * One batch: large enough to share a sync among all who wait, small enough to be written in a
   * blink.
   */
  private static final int GROUP_MAX = 1024;

  private static final long GROUP_BYTES_MAX = 4 << 20;

  /** A transaction, the staged writes in it, its bytes in memory, when it came (nanoseconds). */
  record Queued(
      Transaction transaction,
      List<StagedBlob> staged,
      long bytes,
      Runnable onCommit,
      Consumer<StoreException> onRefused,
      long queuedNanos) {
    boolean all(Predicate<StagedBlob> state) {
      for (StagedBlob blob : staged) {
        if (!state.test(blob)) {
          return false;
        }
      }
      return true;
    }
  }

  private final Deque<Queued> waiting = new ArrayDeque<>();
  private final Predicate<StagedBlob> flushed;
  private long bytes;
  private boolean closed;
  private boolean changed;
  private Thread taker;

  /**
   * @param flushed whether the write of that number is durable
   */
  CommitQueue(LongPredicate flushed) {
    this.flushed = blob -> blob.isFlushed(flushed);
  }

  /** Blocks while the queue is full. Returns false when the store takes nothing any more. */
  synchronized boolean put(Queued queued) {
    boolean interrupted = false;
    while (!closed && Thread.currentThread() != taker && isFull()) {
      try {
        wait();
      } catch (InterruptedException e) {
        interrupted = true;
      }
    }
    if (interrupted) {
      Thread.currentThread().interrupt();
    }
    if (closed) {
      return false;
    }
    waiting.add(queued);
    bytes += queued.bytes();
    if (queued.all(StagedBlob::isWritten)) { // otherwise the end of its data wakes the taker
      changed = true;
      notifyAll();
    }
    return true;
  }

  private boolean isFull() {
    return waiting.size() >= QUEUED_MAX || bytes >= BYTES_MAX;
  }

  /** A staged write came to its end: a transaction may be ready. */
  synchronized void signal() {
    if (!waiting.isEmpty()) {
      changed = true;
      notifyAll();
    }
  }

  /**
   * The next group, waiting for one; null when the queue is closed and empty.
   *
   * <p>What is durable already goes before what has to be flushed first, and leaves it for then.
   */
  synchronized List<Queued> take() throws InterruptedException {
    taker = Thread.currentThread();
    while (true) {
      List<Queued> group = changed ? ready(flushed) : List.of();
      if (group.isEmpty() && changed) {
        group = ready(StagedBlob::isWritten);
      }
      if (!group.isEmpty()) {
        notifyAll();
        return group;
      }
      changed = false;
      if (closed && waiting.isEmpty()) {
        return null;
      }
      wait();
    }
  }

  private List<Queued> ready(Predicate<StagedBlob> state) {
    List<Queued> group = new ArrayList<>();
    Set<CollectionId> heldBack = new HashSet<>();
    long groupBytes = 0;
    for (Iterator<Queued> each = waiting.iterator(); each.hasNext(); ) {
      if (group.size() == GROUP_MAX || groupBytes >= GROUP_BYTES_MAX) {
        break;
      }
      Queued next = each.next();
      Set<CollectionId> collections = next.transaction().collections();
      if (Collections.disjoint(heldBack, collections) && next.all(state)) {
        group.add(next);
        groupBytes += next.bytes();
        bytes -= next.bytes();
        each.remove();
      } else {
        heldBack.addAll(collections);
      }
    }
    return group;
  }

  synchronized int size() {
    return waiting.size();
  }

  /** Takes nothing more; what is in it is still taken out. */
  synchronized void close() {
    closed = true;
    changed = true;
    notifyAll();
  }

  /** Takes nothing more and forgets what is in it. */
  synchronized void abandon() {
    waiting.clear();
    close();
  }
}
