package io.sluice.osd;

import io.sluice.types.Loop;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * Lets in those who take much memory, in the order in which they ask, as many at a time as fit a
 * budget; the others wait.
 *
 * <p><b>Invariants:</b> together they have the budget at most, or there is only one; nobody passes
 * one that waits. Each gets in where nobody who is inside waits for one who is not: copies, which
 * may, have a gate of their own, and an end of their patience ({@link RemoteObjects}).
 *
 * <p><b>Threads:</b> any.
 */
final class MemoryGate {
  /** What one has of the budget, or waits for. */
  final class Share {
    private long bytes;
    private Loop loop;
    private Runnable onEntry;
    private boolean inside;
    private boolean over;

    private Share(long bytes) {
      this.bytes = bytes;
    }

    /**
     * @param task runs once: now, where there is room, else later on that loop; not after {@link
     *     #release}
     */
    void enter(Loop onLoop, Runnable task) {
      synchronized (MemoryGate.this) {
        if (over) {
          return;
        }
        if (!waiting.isEmpty() || !fits(this)) {
          loop = onLoop;
          onEntry = task;
          waiting.add(this);
          return;
        }
        letIn(this);
      }
      task.run();
    }

    /** Of what it has inside, so much is free again. */
    void giveBack(long part) {
      synchronized (MemoryGate.this) {
        bytes -= part;
        used -= part;
      }
      admit();
    }

    /** It turned out to be less. */
    void shrink(long to) {
      synchronized (MemoryGate.this) {
        if (to < bytes) {
          used -= inside ? bytes - to : 0;
          bytes = to;
        }
      }
      admit();
    }

    /** Gives it back, or the place in the line; what is given back twice counts once. */
    void release() {
      synchronized (MemoryGate.this) {
        if (over) {
          return;
        }
        over = true;
        used -= inside ? bytes : 0;
        if (!inside) {
          waiting.remove(this);
        }
      }
      admit();
    }
  }

  private final long budget;
  private final Deque<Share> waiting = new ArrayDeque<>();
  private long used;

  MemoryGate(long budget) {
    this.budget = budget;
  }

  /** Of somebody who will {@link Share#enter}. */
  Share share(long bytes) {
    return new Share(bytes);
  }

  private boolean fits(Share share) {
    return used == 0 || used + share.bytes <= budget;
  }

  private void letIn(Share share) {
    share.inside = true;
    used += share.bytes;
  }

  private void admit() {
    Share next = nextIn();
    while (next != null) {
      Share entered = next;
      entered.loop.execute(
          () -> {
            if (!isOver(entered)) {
              entered.onEntry.run();
            }
          });
      next = nextIn();
    }
  }

  private synchronized boolean isOver(Share share) {
    return share.over;
  }

  private synchronized Share nextIn() {
    Share first = waiting.peek();
    if (first == null || !fits(first)) {
      return null;
    }
    letIn(waiting.poll());
    return first;
  }

  /** Bytes given away. */
  synchronized long used() {
    return used;
  }

  synchronized int waiting() {
    return waiting.size();
  }
}
