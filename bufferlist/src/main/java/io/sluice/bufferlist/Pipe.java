package io.sluice.bufferlist;

/** A non-blocking kernel pipe of a {@link PipePool}; has one owner at a time. */
public final class Pipe {
  private final PipePool pool;
  private final int readEnd;
  private final int writeEnd;
  private final int capacity;

  Pipe(PipePool pool, int readEnd, int writeEnd, int capacity) {
    this.pool = pool;
    this.readEnd = readEnd;
    this.writeEnd = writeEnd;
    this.capacity = capacity;
  }

  public int readEnd() {
    return readEnd;
  }

  public int writeEnd() {
    return writeEnd;
  }

  /** F_GETPIPE_SZ in bytes: slots times the page size, neither a lower nor an upper bound of what fits. */
  public int capacity() {
    return capacity;
  }

  /** Gives an empty, sound pipe back to the pool. */
  public void recycle() {
    pool.recycle(this);
  }

  /** Closes the pipe: it saw an error or still holds bytes. */
  public void discard() {
    pool.discard(this);
  }
}
