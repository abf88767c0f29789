package io.sluice.bufferlist;

/**
 * Bytes held by the kernel in a pipe: references to pages, which no one in user space has touched.
 *
 * <p><b>Invariants:</b> {@code length} bytes are in the pipe, counted from system call results only; the
 * pipe has one owner at a time. <b>Owns</b> its {@link Pipe}, which goes back to its pool when empty and
 * sound, and is closed otherwise.
 */
public final class PipeSegment implements Segment {
  private final Pipe pipe;
  private long length;
  private boolean released;

  /** Takes over a pipe that holds exactly {@code length} bytes. */
  public PipeSegment(Pipe pipe, long length) {
    this.pipe = pipe;
    this.length = length;
  }

  /** The pipe, for a sink that splices out of it; tell {@link #consumed} how much. */
  public Pipe pipe() {
    checkOpen();
    return pipe;
  }

  @Override
  public long length() {
    return length;
  }

  /** A sink took {@code count} bytes from the head of the pipe. */
  public void consumed(long count) {
    checkOpen();
    if (count < 0 || count > length) {
      throw new IllegalArgumentException("consumed " + count + " of " + length);
    }
    length -= count;
  }

  @Override
  public void release() {
    checkOpen();
    released = true;
    if (length == 0) {
      pipe.recycle();
    } else {
      pipe.discard();
    }
  }

  private void checkOpen() {
    if (released) {
      throw new IllegalStateException("segment used after release");
    }
  }

  @Override
  public String toString() {
    return "pipe[" + length + "]";
  }
}
