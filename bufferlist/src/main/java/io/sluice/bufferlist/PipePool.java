package io.sluice.bufferlist;

/**
 * A bounded pool of kernel pipes, shared by everything in a daemon.
 *
 * <p><b>Invariants:</b> no more than {@code maxPipes} pipes exist at a time; a pooled pipe is empty and has
 * full capacity; one that saw an error is closed, never pooled, as it may hold another client's bytes.
 *
 * <p><b>Threads:</b> any.
 */
public final class PipePool implements AutoCloseable {
  /** 256 slots of 4 KiB: the largest pipe an ordinary user may have. */
  public static final int PIPE_BYTES = 1 << 20;

  private final Sys sys;
  private final CopyMeter meter;
  private final int maxPipes;

  public PipePool(Sys sys, CopyMeter meter, int maxPipes) {
    this.sys = sys;
    this.meter = meter;
    this.maxPipes = maxPipes;
  }

  public Sys sys() {
    return sys;
  }

  public CopyMeter meter() {
    return meter;
  }

  /**
   * Reserves pipes, all or none. Never blocks.
   *
   * @return {@code count} pipes, which the caller recycles or discards; or null when the budget is spent
   *     (counted as fallback {@code no_pipe})
   */
  public Pipe[] tryAcquire(int count) {
    throw new UnsupportedOperationException("not built yet: " + sys + meter + maxPipes + count);
  }

  public int inUse() {
    return 0;
  }

  public int pooled() {
    return 0;
  }

  void recycle(Pipe pipe) {}

  void discard(Pipe pipe) {}

  @Override
  public void close() {}
}
