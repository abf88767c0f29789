package io.sluice.bufferlist;

import java.nio.ByteBuffer;

/**
 * Bytes held by the kernel in a pipe: references to pages, which no one in user space has touched.
 *
 * <p><b>Invariants:</b> {@code length} bytes are in the pipe, counted from system call results
 * only; {@link #twinInto}, {@link #sliceInto} and {@link #map} consume nothing.
 *
 * <p><b>Threads:</b> one owner at a time: nobody tees, splits or splices a pipe that another thread
 * drains (tee would block, then say 0). {@link #map} is safe from any number of threads while the
 * owner leaves the pipe alone.
 *
 * <p><b>Owns</b> its {@link Pipe}, which goes back to its pool when empty and sound, and is closed
 * otherwise; and a reference to the mapping of its bytes, if anybody asked for one.
 */
public final class PipeSegment implements Segment {
  private static final int MOVE = Sys.SPLICE_F_MOVE | Sys.SPLICE_F_NONBLOCK;

  private final Owner owner = Owner.none();
  private final Pipe pipe;
  private final PipeLook look;

  /** Of the pipe's head in the run of bytes that {@code look} knows. */
  private long position;

  private volatile long length;
  private boolean released;

  /** Takes over a pipe that holds exactly {@code length} bytes. */
  public PipeSegment(Pipe pipe, long length) {
    this(pipe, length, new PipeLook(), 0);
  }

  private PipeSegment(Pipe pipe, long length, PipeLook look, long position) {
    if (length < 0) {
      throw new IllegalArgumentException("length " + length);
    }
    this.pipe = pipe;
    this.length = length;
    this.look = look;
    this.position = position;
    owner.check(this);
  }

  /** The pipe, for a sink that splices out of it; tell {@link #consumed} how much. */
  public Pipe pipe() {
    checkOpen();
    owner.check(this);
    return pipe;
  }

  /** The pipe for those who only look, on any thread. */
  Pipe lease() {
    checkOpen();
    return pipe;
  }

  /** Where what happens to these bytes is counted. */
  CopyMeter meter() {
    return pipe.meter();
  }

  @Override
  public long length() {
    return length;
  }

  /** A sink took {@code count} bytes from the head of the pipe. */
  public void consumed(long count) {
    owner.check(this);
    taken(count);
  }

  /** The same for somebody who looks where there is no spare pipe, on any thread. */
  void taken(long count) {
    checkOpen();
    if (count < 0 || count > length) {
      throw new IllegalArgumentException("consumed " + count + " of " + length);
    }
    position += count;
    length -= count;
  }

  /** The next thread to use this segment owns it. */
  PipeSegment handOver() {
    owner.check(this);
    owner.handOver();
    return this;
  }

  /**
   * Duplicates the references to all bytes into another empty pipe.
   *
   * @param spare taken over: the new segment's, or discarded
   * @return another owner's segment of the same bytes; or null when the kernel did not duplicate
   *     all of them (counted as {@code short_tee}); this segment is unchanged
   */
  public PipeSegment twinInto(Pipe spare) {
    owner.check(this);
    return teeInto(spare, length);
  }

  private PipeSegment teeInto(Pipe spare, long count) {
    if (!tee(spare, count, meter())) {
      return null;
    }
    spare.chargeTo(meter());
    return new PipeSegment(spare, count, look.retain(), position);
  }

  /** False, and the spare pipe is gone, when not all was duplicated. */
  private boolean tee(Pipe spare, long count, CopyMeter payer) {
    checkOpen();
    Sys sys = pipe.pool().sys();
    long teed;
    do {
      teed = sys.tee(pipe.readEnd(), spare.writeEnd(), count, Sys.SPLICE_F_NONBLOCK);
    } while (teed == -Sys.EINTR);
    if (teed != count) {
      spare.discard();
      payer.fallback("short_tee");
      return false;
    }
    payer.teed.add(count);
    return true;
  }

  /** A twin that shares no memory of looks, and that whoever has the spare pipe pays for. */
  PipeSegment apartInto(Pipe spare) {
    return apartInto(spare, length);
  }

  /** The same of the first bytes. */
  PipeSegment apartInto(Pipe spare, long count) {
    return tee(spare, count, spare.meter()) ? new PipeSegment(spare, count) : null;
  }

  /** A twin for somebody who only looks, on any thread. */
  PipeSegment twinToLook(Pipe spare) {
    return teeInto(spare, length);
  }

  /**
   * Another owner's segment of {@code [offset, offset+count)}: everything up to its end is tee'd,
   * and what is before it is thrown away from the copy. No byte is touched, and this segment is
   * unchanged.
   *
   * @param spare taken over
   * @return null when the kernel did not do all of it (counted)
   */
  public PipeSegment sliceInto(Pipe spare, long offset, long count) {
    owner.check(this);
    if (offset < 0 || count < 0 || offset > length - count) {
      spare.recycle();
      throw new IndexOutOfBoundsException(offset + "+" + count + " of " + length);
    }
    PipeSegment part = teeInto(spare, offset + count);
    while (part != null && part.length() > count) {
      long gone = Discards.from(pipe.pool().sys(), part, part.length() - count);
      if (gone <= 0) {
        part.release();
        meter().fallback("short_discard");
        return null;
      }
    }
    return part;
  }

  /**
   * Moves the first bytes into another pipe; the others stay here. No byte is touched.
   *
   * @param spare empty, taken over
   * @return up to {@code count} bytes; fewer when the kernel did not move them all (counted)
   */
  PipeSegment splitInto(Pipe spare, long count) {
    owner.check(this);
    PipeSegment head = new PipeSegment(spare, 0, look.retain(), position);
    while (head.length < count) {
      long left = count - head.length;
      long moved = pipe.pool().sys().splice(pipe.readEnd(), -1, spare.writeEnd(), -1, left, MOVE);
      if (moved == -Sys.EINTR) {
        continue;
      }
      if (moved <= 0) {
        meter().fallback("short_split");
        spare.taint();
        break;
      }
      head.length += moved;
      consumed(moved);
    }
    return head;
  }

  /**
   * The bytes for somebody who wants to look: tee'd into a tmpfs file and mapped, once for this
   * segment and its twins; the pipe keeps them and can still be spliced out. Safe from any thread.
   *
   * @return a read-only view, good until release; null when there is no pipe to do it with
   *     (counted)
   */
  public ByteBuffer map(Inspection reason) {
    checkOpen();
    return look.view(this, position, reason);
  }

  /** CRC-32C with a raw seed, remembered; null when the bytes cannot be mapped (counted). */
  Integer crc32c(int seed, Inspection reason) {
    ByteBuffer bytes = map(reason);
    if (bytes == null) {
      return null;
    }
    return look.checksums()
        .crc(
            seed,
            position,
            position + length,
            () -> {
              meter().read(reason, length);
              return Crc32c.update(Crc32c.SEED, bytes);
            });
  }

  /** Memory over the mapping, which it keeps; null when there is none. */
  MemorySegment mappedPart(long offset, long count, Inspection reason) {
    ByteBuffer bytes = map(reason);
    return bytes == null
        ? null
        : MemorySegment.wrap(bytes.slice((int) offset, (int) count), look.retain()::release);
  }

  /** True when {@link #map} costs nothing any more. */
  public boolean isMapped() {
    return look.find(position, length) != null;
  }

  @Override
  public void release() {
    checkOpen();
    owner.check(this);
    end();
  }

  /** The same, on any thread. */
  void end() {
    checkOpen();
    released = true;
    if (length == 0) {
      pipe.recycle();
    } else {
      pipe.discard();
    }
    look.release();
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
