package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;

/**
 * Bytes in order, in segments of any kind; what travels between messenger, placement group and store.
 *
 * <p><b>Invariants:</b> {@link #length} is the sum of the segments' lengths; no segment is empty; length,
 * kind and contiguity are answered without looking at a byte.
 *
 * <p><b>Threads:</b> one owner at a time. <b>Owns</b> its segments: {@link #close} releases them. A method
 * that starts with {@code claim} takes over what it is given; {@link #share}, {@link #slice} and {@link
 * #twin} return another owner's list; a method that only looks leaves ownership where it was.
 */
public final class BufferList implements AutoCloseable {
  private final List<Segment> segments = new ArrayList<>();
  private long length;
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
      length += segment.length();
    }
    return this;
  }

  /** Takes over all of {@code other}, which is empty afterwards (and still its owner's to close). */
  public BufferList claimAppend(BufferList other) {
    checkOpen();
    other.checkOpen();
    segments.addAll(other.segments);
    length += other.length;
    other.segments.clear();
    other.length = 0;
    return this;
  }

  /** Takes the first segment off the list: now the caller's. Null when empty. */
  public Segment pollSegment() {
    checkOpen();
    if (segments.isEmpty()) {
      return null;
    }
    Segment first = segments.remove(0);
    length -= first.length();
    return first;
  }

  /**
   * Another owner's list of the same bytes, without copying.
   *
   * @throws IllegalStateException when a segment is a pipe: pipes are twinned, see {@link #twin}
   */
  public BufferList share() {
    return slice(0, length());
  }

  /** Another owner's list of {@code [offset, offset+count)}; memory and files only. */
  public BufferList slice(long offset, long count) {
    checkOpen();
    if (offset < 0 || count < 0 || offset + count > length) {
      throw new IndexOutOfBoundsException(offset + "+" + count + " of " + length);
    }
    BufferList part = new BufferList();
    long start = 0;
    for (Segment segment : segments) {
      long from = Math.max(offset, start);
      long to = Math.min(offset + count, start + segment.length());
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
    if (segment instanceof FileSegment file) {
      return file.share(offset, count);
    }
    throw new IllegalStateException("a pipe cannot be shared, only twinned");
  }

  /**
   * Another owner's list of the same bytes: memory and files shared, pipes tee'd into pipes of the pool.
   *
   * @return null when the pool has not enough pipes (counted); this list is unchanged then
   */
  public BufferList twin(PipePool pool) {
    throw new UnsupportedOperationException("not built yet: " + pool);
  }

  /**
   * The bytes in one array: a copy. Pipes are tee'd first, so that this list stays whole; counted under
   * {@code reason}.
   */
  public byte[] toByteArray(PipePool pool, Inspection reason) {
    checkOpen();
    byte[] bytes = new byte[Math.toIntExact(length)];
    int at = 0;
    for (Segment segment : segments) {
      ByteBuffer from = ((MemorySegment) segment).buffer();
      int count = from.remaining();
      from.get(bytes, at, count);
      at += count;
    }
    return bytes;
  }

  @Override
  public void close() {
    if (closed) {
      return;
    }
    closed = true;
    segments.forEach(Segment::release);
    segments.clear();
    length = 0;
  }

  private void checkOpen() {
    if (closed) {
      throw new IllegalStateException("list used after close");
    }
  }

  @Override
  public String toString() {
    return closed ? "BufferList[closed]" : "BufferList[" + length + " bytes " + segments + "]";
  }
}
