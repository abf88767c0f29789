package io.sluice.bufferlist;

/**
 * One lease of a non-blocking kernel pipe of a {@link PipePool}.
 *
 * <p><b>Invariants:</b> ends with {@link #recycle} or {@link #discard}, once; use afterwards
 * throws, also when the kernel pipe has been leased again since. <b>Threads:</b> one owner at a
 * time.
 */
public final class Pipe {
  /** The kernel's side of a pipe, which outlives its leases. */
  record Ends(int read, int write, int capacity) {}

  private final PipePool pool;
  private final Ends ends;
  private final boolean forClient;
  private volatile CopyMeter meter;
  private Runnable onEnd = () -> {};
  private boolean tainted;
  private boolean ended;

  Pipe(PipePool pool, Ends ends, boolean forClient, CopyMeter meter) {
    this.pool = pool;
    this.ends = ends;
    this.forClient = forClient;
    this.meter = meter;
  }

  /** Where what happens to the bytes in it is counted: the owner's, or the pool's. */
  public CopyMeter meter() {
    return meter;
  }

  /** From now on another owner pays: a connection hands bytes to a placement group. */
  public void chargeTo(CopyMeter owner) {
    meter = owner;
  }

  /** A system call on it failed: it will be closed, not pooled, whoever ends the lease. */
  public void taint() {
    tainted = true;
  }

  /** Runs when the lease has ended, on whatever thread ends it: somebody counts its pipes. */
  public void onEnd(Runnable task) {
    onEnd = task;
  }

  /** Descriptor to take bytes from; throws when the lease has ended. */
  public int readEnd() {
    checkLeased();
    return ends.read();
  }

  /** Descriptor to put bytes into; throws when the lease has ended. */
  public int writeEnd() {
    checkLeased();
    return ends.write();
  }

  /**
   * F_GETPIPE_SZ in bytes: slots times the page size, neither a lower nor an upper bound of what
   * fits.
   */
  public int capacity() {
    return ends.capacity();
  }

  /** Where it goes back to. */
  public PipePool pool() {
    return pool;
  }

  /**
   * Gives an empty, sound pipe back to the pool; one that still holds bytes is closed and counted.
   */
  public void recycle() {
    checkLeased();
    ended = true;
    if (tainted) {
      pool.discard(ends, forClient);
    } else {
      pool.recycle(ends, forClient);
    }
    onEnd.run();
  }

  /** Closes the pipe: it saw an error or still holds bytes. */
  public void discard() {
    checkLeased();
    ended = true;
    pool.discard(ends, forClient);
    onEnd.run();
  }

  private void checkLeased() {
    if (ended) {
      throw new IllegalStateException("pipe used after its lease ended");
    }
  }

  @Override
  public String toString() {
    return "Pipe[" + ends.read() + "," + ends.write() + (ended ? " ended]" : "]");
  }
}
