package io.sluice.bufferlist;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.zip.CRC32C;

/**
 * Bytes in order, in segments of any kind; what travels between messenger, placement group and
 * store.
 *
 * <p><b>Invariants:</b> {@link #length} is the sum of the segments' lengths; no segment is empty;
 * length, kind and contiguity are answered without looking at a byte.
 *
 * <p><b>Threads:</b> one owner at a time. <b>Owns</b> its segments: {@link #close} releases them. A
 * method that starts with {@code claim} takes over what it is given; {@link #share}, {@link #slice}
 * and {@link #twin} return another owner's list; a method that only looks leaves ownership where it
 * was.
 */
public final class BufferList implements AutoCloseable {
  private final List<Segment> segments = new ArrayList<>();
  private boolean closed;

  public BufferList() {}

  /** A list over an array that nobody changes any more. */
  public static BufferList wrap(byte[] bytes) {
    return wrap(ByteBuffer.wrap(bytes));
  }

  public static BufferList wrap(ByteBuffer buffer) {
    BufferList list = new BufferList();
    if (buffer.hasRemaining()) {
      list.claimAppend(MemorySegment.wrap(buffer));
    }
    return list;
  }

  public long length() {
    checkOpen();
    // Added up each time: a sink shortens a pipe segment while it drains it.
    long length = 0;
    for (Segment segment : segments) {
      length += segment.length();
    }
    return length;
  }

  public boolean isEmpty() {
    return length() == 0;
  }

  /** The segments in order, for sinks; still this list's. */
  public List<Segment> segments() {
    checkOpen();
    return Collections.unmodifiableList(segments);
  }

  /** True when a byte of this list is in a pipe. Never inspects. */
  public boolean hasPipes() {
    checkOpen();
    return segments.stream().anyMatch(PipeSegment.class::isInstance);
  }

  /** Takes over one segment; an empty one is released at once. */
  public BufferList claimAppend(Segment segment) {
    checkOpen();
    if (segment.length() == 0) {
      segment.release();
    } else {
      segments.add(segment);
    }
    return this;
  }

  /**
   * Takes over all of {@code other}, which is empty afterwards (and still its owner's to close).
   */
  public BufferList claimAppend(BufferList other) {
    checkOpen();
    other.checkOpen();
    if (other == this) {
      throw new IllegalArgumentException("a list cannot take over itself");
    }
    segments.addAll(other.segments);
    other.segments.clear();
    return this;
  }

  /** Takes the first segment off the list: now the caller's. Null when empty. */
  public Segment pollSegment() {
    checkOpen();
    return segments.isEmpty() ? null : segments.remove(0);
  }

  /**
   * Another owner's list of the same bytes, without copying.
   *
   * @throws IllegalStateException when a segment is a pipe: pipes are twinned, see {@link #twin}
   */
  public BufferList share() {
    return slice(0, length());
  }

  /**
   * Another owner's list of {@code [offset, offset+count)}.
   *
   * @throws IllegalStateException when a byte of it is in a pipe
   */
  public BufferList slice(long offset, long count) {
    long length = length();
    if (offset < 0 || count < 0 || offset > length - count) {
      throw new IndexOutOfBoundsException(offset + "+" + count + " of " + length);
    }
    BufferList part = new BufferList();
    long start = 0;
    for (Segment segment : segments) {
      long from = Math.max(offset, start);
      long to = Math.min(offset + count, start + segment.length());
      if (from < to && segment instanceof PipeSegment) {
        part.close();
        throw new IllegalStateException("a pipe cannot be shared, only twinned: " + this);
      }
      if (from < to) {
        part.claimAppend(shareOf(segment, from - start, to - from));
      }
      start += segment.length();
    }
    return part;
  }

  private static Segment shareOf(Segment segment, long offset, long count) {
    if (segment instanceof MemorySegment memory) {
      return memory.share((int) offset, (int) count);
    }
    return ((FileSegment) segment).share(offset, count);
  }

  /** Pipes that a twin of this list needs. Never inspects. */
  public int pipeCount() {
    checkOpen();
    int count = 0;
    for (Segment segment : segments) {
      count += segment instanceof PipeSegment ? 1 : 0;
    }
    return count;
  }

  /**
   * Another owner's list of the same bytes: memory and files shared, pipes tee'd into pipes of the
   * pool.
   *
   * @return null when the pool has not enough pipes or the kernel did not duplicate all bytes
   *     (counted); this list is unchanged then
   */
  public BufferList twin(PipePool pool) {
    Pipe[] spares = pool.tryAcquire(pipeCount());
    return spares == null ? null : claimTwin(spares);
  }

  /**
   * The same into empty pipes that were reserved before.
   *
   * @param spares taken over; those that are not needed are recycled
   */
  public BufferList claimTwin(Pipe[] spares) {
    if (spares.length < pipeCount()) {
      throw new IllegalArgumentException(spares.length + " pipes for a twin of " + this);
    }
    BufferList twin = new BufferList();
    int used = 0;
    boolean whole = true;
    for (int i = 0; i < segments.size() && whole; i++) {
      Segment segment = segments.get(i);
      Segment copy =
          segment instanceof PipeSegment pipe
              ? pipe.twinInto(spares[used++])
              : shareOf(segment, 0, segment.length());
      whole = copy != null;
      if (whole) {
        twin.claimAppend(copy);
      }
    }
    for (int i = used; i < spares.length; i++) {
      spares[i].recycle();
    }
    if (!whole) {
      twin.close();
      return null;
    }
    return twin;
  }

  /**
   * The bytes in one array: a copy. Pipes are tee'd first, so that this list stays whole; counted
   * under {@code reason}. Where no pipe is to be had for that, the pipe's bytes become memory of
   * this list.
   *
   * @param pool may be null for a list without pipes
   * @throws java.io.UncheckedIOException when a file segment cannot be read
   */
  public byte[] toByteArray(PipePool pool, Inspection reason) {
    checkOpen();
    byte[] bytes = new byte[Math.toIntExact(length())];
    int at = 0;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      int count = (int) segment.length();
      if (segment instanceof PipeSegment pipe && !SegmentReader.copy(pipe, bytes, at, reason)) {
        segment = drain(i, pipe, reason);
      }
      if (segment instanceof MemorySegment memory) {
        SegmentReader.copy(memory, bytes, at);
      } else if (segment instanceof FileSegment file) {
        SegmentReader.copy(sysOf(pool), file, bytes, at);
      }
      at += count;
    }
    return bytes;
  }

  /**
   * The same, but consumes: pipes are read out without a tee, and this list is empty afterwards.
   */
  public byte[] claimBytes(PipePool pool, Inspection reason) {
    drainPipes(reason);
    byte[] bytes = toByteArray(pool, reason);
    releaseAll();
    return bytes;
  }

  /**
   * Turns every pipe into heap memory, which gives the pipes back; counted under {@code reason}.
   */
  public BufferList drainPipes(Inspection reason) {
    checkOpen();
    for (int i = 0; i < segments.size(); i++) {
      if (segments.get(i) instanceof PipeSegment pipe) {
        drain(i, pipe, reason);
      }
    }
    return this;
  }

  MemorySegment drain(int index, PipeSegment pipe, Inspection reason) {
    PipePool pool = pipe.pipe().pool();
    byte[] bytes = new byte[Math.toIntExact(pipe.length())];
    try {
      PipeReader.readInto(pool.sys(), pipe, bytes, 0);
    } catch (IOException e) {
      int done = bytes.length - (int) pipe.length();
      if (done > 0) {
        segments.add(index, MemorySegment.wrap(ByteBuffer.wrap(bytes, 0, done)));
      }
      throw new UncheckedIOException(e);
    }
    pool.meter().mapped(reason, bytes.length);
    pipe.release();
    MemorySegment memory = MemorySegment.wrap(ByteBuffer.wrap(bytes));
    segments.set(index, memory);
    return memory;
  }

  /**
   * CRC-32C of the bytes, with a raw seed.
   *
   * @throws IllegalStateException when a segment is a pipe: say why you look, see {@link
   *     #crc32c(int, Inspection)}
   */
  public int crc32c(int seed) {
    if (hasPipes()) {
      throw new IllegalStateException("a checksum of a pipe needs a reason");
    }
    return crc32c(seed, Inspection.CRC);
  }

  /** The same; pipes are mapped for it and stay whole, counted under {@code reason}. */
  public int crc32c(int seed, Inspection reason) {
    checkOpen();
    CRC32C crc = new CRC32C();
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (segment instanceof PipeSegment pipe && !SegmentReader.update(crc, pipe, reason)) {
        segment = drain(i, pipe, reason);
      }
      if (segment instanceof MemorySegment memory) {
        SegmentReader.update(crc, memory);
      } else if (segment instanceof FileSegment file) {
        SegmentReader.update(crc, Linux.instance(), file);
      }
    }
    return Crc32c.seeded(seed, crc, length());
  }

  private static Sys sysOf(PipePool pool) {
    return pool == null ? Linux.instance() : pool.sys();
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    releaseAll();
  }

  /** All of them, also when one fails. */
  private void releaseAll() {
    Releases releases = new Releases();
    segments.forEach(segment -> releases.add(segment::release));
    segments.clear();
    releases.end();
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("list used after close");
    }
  }

  @Override
  public String toString() {
    return closed ? "BufferList[closed]" : "BufferList[" + length() + " bytes " + segments + "]";
  }
}
