package io.sluice.bufferlist;

import java.nio.ByteBuffer;

/**
 * Bytes held by the kernel in a pipe: references to pages, which no one in user space has touched.
 *
 * <p><b>Invariants:</b> {@code length} bytes are in the pipe, counted from system call results
 * only; the pipe has one owner at a time; {@link #twinInto} and {@link #map} consume nothing.
 *
 * <p><b>Owns</b> its {@link Pipe}, which goes back to its pool when empty and sound, and is closed
 * otherwise; and the mapping of its bytes, if anybody asked for one.
 */
public final class PipeSegment implements Segment {
  private final Pipe pipe;
  private long length;
  private PipeMapping mapping;
  private boolean released;

  /** Takes over a pipe that holds exactly {@code length} bytes. */
  public PipeSegment(Pipe pipe, long length) {
    if (length < 0) {
      throw new IllegalArgumentException("length " + length);
    }
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

  /**
   * Duplicates the references to all bytes into another empty pipe.
   *
   * @param spare taken over: the new segment's, or discarded
   * @return another owner's segment of the same bytes; or null when the kernel did not duplicate
   *     all of them (counted as {@code short_tee}); this segment is unchanged
   */
  public PipeSegment twinInto(Pipe spare) {
    checkOpen();
    PipePool pool = pipe.pool();
    long count = pool.sys().tee(pipe.readEnd(), spare.writeEnd(), length, Sys.SPLICE_F_NONBLOCK);
    if (count != length) {
      spare.discard();
      pool.meter().fallback("short_tee");
      return null;
    }
    pool.meter().teed.add(count);
    return new PipeSegment(spare, count);
  }

  /**
   * The bytes for somebody who wants to look: tee'd into a tmpfs file and mapped, once; the pipe
   * keeps them and can still be spliced out.
   *
   * @return a read-only view, good until release; null when there is no pipe or memfd to do it with
   *     (counted)
   */
  public ByteBuffer map(Inspection reason) {
    checkOpen();
    if (mapping == null) {
      mapping = PipeMapping.tryOpen(this, reason);
    }
    return mapping == null ? null : mapping.last(length);
  }

  /** True when {@link #map} costs nothing any more. */
  public boolean isMapped() {
    return mapping != null;
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
    if (mapping != null) {
      mapping.close();
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
