package io.sluice.bufferlist;

import io.sluice.bufferlist.Resources.Kind;
import java.util.ArrayDeque;
import java.util.Deque;

/**
 * A bounded pool of kernel pipes, shared by everything in a daemon.
 *
 * <p><b>Invariants:</b> no more than {@code maxPipes} pipes exist at a time, of which client
 * operations hold at most half; every pipe has full capacity (the kernel silently hands out tiny
 * ones when a user's budget is spent: such a pipe is closed and counted as {@code small_pipe}); a
 * pooled pipe is empty; one that saw an error or holds bytes is closed, never pooled, as the bytes
 * may be another client's.
 *
 * <p><b>Threads:</b> any. <b>Owns</b> the idle pipes; leased ones are closed when they come back
 * after {@link #close}.
 */
public final class PipePool implements AutoCloseable {
  /** 256 slots of 4 KiB: the largest pipe an ordinary user may have. */
  public static final int PIPE_BYTES = 1 << 20;

  private final Sys sys;
  private final CopyMeter meter;
  private final int maxPipes;
  private final Deque<Pipe.Ends> idle = new ArrayDeque<>();
  private int inUse;
  private int inUseForClients;
  private boolean closed;

  /** At most so many pipes at a time; none is made yet. */
  public PipePool(Sys sys, CopyMeter meter, int maxPipes) {
    if (maxPipes < 0) {
      throw new IllegalArgumentException("maxPipes " + maxPipes);
    }
    this.sys = sys;
    this.meter = meter;
    this.maxPipes = maxPipes;
    meter.gauge("pipes_in_use", this::inUse);
    meter.gauge("pipes_pooled", this::pooled);
  }

  /** The calls that its pipes are used with. */
  public Sys sys() {
    return sys;
  }

  /** Where pipes are counted that no owner pays for. */
  public CopyMeter meter() {
    return meter;
  }

  /** The bound: pipes that may exist at a time. */
  public int maxPipes() {
    return maxPipes;
  }

  /**
   * Reserves pipes, all or none. Never blocks.
   *
   * @return {@code count} pipes, which the caller recycles or discards; or null when the budget is
   *     spent (counted as fallback {@code no_pipe}) or the kernel refuses (also {@code small_pipe},
   *     {@code pipe_errno_N})
   */
  public Pipe[] tryAcquire(int count) {
    return tryAcquire(count, false, meter);
  }

  /** The same, with what happens to their bytes counted for {@code owner} (and so in total). */
  public Pipe[] tryAcquire(int count, CopyMeter owner) {
    return tryAcquire(count, false, owner);
  }

  /**
   * The same for a client's operation: these hold at most half of the budget, so that replicas get
   * on.
   */
  public Pipe[] tryAcquireForClient(int count) {
    return tryAcquire(count, true, meter);
  }

  /** The same, counted for {@code owner}. */
  public Pipe[] tryAcquireForClient(int count, CopyMeter owner) {
    return tryAcquire(count, true, owner);
  }

  private Pipe[] tryAcquire(int count, boolean forClient, CopyMeter owner) {
    Pipe[] pipes = new Pipe[count];
    int found;
    synchronized (this) {
      if (closed) {
        throw new IllegalStateException("pipe pool used after close");
      }
      boolean fits =
          inUse + count <= maxPipes && (!forClient || inUseForClients + count <= maxPipes / 2);
      if (!fits) {
        owner.fallback("no_pipe");
        return null;
      }
      inUse += count;
      inUseForClients += forClient ? count : 0;
      for (found = 0; found < count && !idle.isEmpty(); found++) {
        // The one used last: its slots are warm.
        pipes[found] = new Pipe(this, idle.pop(), forClient, owner);
      }
    }
    for (int i = found; i < count; i++) {
      Pipe.Ends fresh = open();
      if (fresh == null) {
        giveBack(pipes, i, forClient);
        owner.fallback("no_pipe");
        return null;
      }
      pipes[i] = new Pipe(this, fresh, forClient, owner);
    }
    return pipes;
  }

  /** The first {@code made} of a reservation that failed, and the budget of the others. */
  private void giveBack(Pipe[] pipes, int made, boolean forClient) {
    for (int i = 0; i < made; i++) {
      pipes[i].recycle();
    }
    synchronized (this) {
      inUse -= pipes.length - made;
      inUseForClients -= forClient ? pipes.length - made : 0;
    }
  }

  private Pipe.Ends open() {
    int[] fds = new int[2];
    int status = sys.pipe2(fds, Sys.O_NONBLOCK | Sys.O_CLOEXEC);
    if (status < 0) {
      meter.fallback("pipe_errno_" + -status);
      return null;
    }
    Resources.opened(Kind.PIPE);
    int set = sys.fcntl(fds[1], Sys.F_SETPIPE_SZ, PIPE_BYTES);
    int capacity = sys.fcntl(fds[1], Sys.F_GETPIPE_SZ, 0);
    Pipe.Ends ends = new Pipe.Ends(fds[0], fds[1], capacity);
    if (set < 0 || capacity < PIPE_BYTES) {
      meter.fallback("small_pipe");
      close(ends);
      return null;
    }
    return ends;
  }

  private void close(Pipe.Ends ends) {
    int read = sys.close(ends.read());
    int write = sys.close(ends.write());
    Resources.closed(Kind.PIPE);
    if (read < 0 || write < 0) {
      meter.fallback("pipe_close_failed");
    }
  }

  /** Leased now. */
  public synchronized int inUse() {
    return inUse;
  }

  /** Idle, ready for reuse. */
  public synchronized int pooled() {
    return idle.size();
  }

  void recycle(Pipe.Ends ends, boolean forClient) {
    // Not expected to find any: one ioctl is the price of never handing out another client's bytes.
    boolean empty = sys.readable(ends.read()) == 0;
    if (!empty) {
      meter.fallback("dirty_pipe");
    }
    boolean pooled = false;
    synchronized (this) {
      ended(forClient);
      if (empty && !closed) {
        idle.push(ends);
        pooled = true;
      }
    }
    if (!pooled) {
      close(ends);
    }
  }

  void discard(Pipe.Ends ends, boolean forClient) {
    close(ends);
    synchronized (this) {
      ended(forClient);
    }
  }

  private void ended(boolean forClient) {
    inUse--;
    inUseForClients -= forClient ? 1 : 0;
  }

  @Override
  public void close() {
    Pipe.Ends[] left;
    synchronized (this) {
      closed = true;
      left = idle.toArray(Pipe.Ends[]::new);
      idle.clear();
    }
    for (Pipe.Ends ends : left) {
      close(ends);
    }
  }

  @Override
  public synchronized String toString() {
    return "PipePool[" + inUse + " in use, " + idle.size() + " pooled, at most " + maxPipes + "]";
  }
}
