package io.sluice.bufferlist;

import java.util.List;

/**
 * A range of a list that is heap memory and nothing else, as the list was at a moment: what a slice
 * is until somebody asks for its segments.
 *
 * <p>Nothing is released with heap, so nothing has to be counted while nobody looks.
 * <b>Invariants:</b> never changes; keeps at most {@value #LARGEST} bytes from the garbage
 * collector. <b>Threads:</b> any.
 */
final class HeapRun {
  /** A small message; of a larger one a forgotten slice must not keep the whole. */
  private static final int LARGEST = 64 << 10;

  /** For a list that is not all heap, or too large. */
  static final HeapRun NONE = new HeapRun(new MemorySegment[0], 0, -1);

  private final MemorySegment[] segments;
  private final int offset;
  private final int length;

  private HeapRun(MemorySegment[] segments, int offset, int length) {
    this.segments = segments;
    this.offset = offset;
    this.length = length;
  }

  static HeapRun of(List<Segment> list) {
    MemorySegment[] segments = new MemorySegment[list.size()];
    long length = 0;
    for (int i = 0; i < segments.length; i++) {
      if (!(list.get(i) instanceof MemorySegment memory) || !memory.isPlain()) {
        return NONE;
      }
      length += memory.length();
      segments[i] = memory;
    }
    return length > LARGEST ? NONE : new HeapRun(segments, 0, (int) length);
  }

  int length() {
    return length;
  }

  HeapRun slice(long from, long count) {
    if (from < 0 || count < 0 || from > length - count) {
      throw new IndexOutOfBoundsException(from + "+" + count + " of " + length);
    }
    return new HeapRun(segments, offset + (int) from, (int) count);
  }

  /** Now somebody asks. */
  void addTo(List<Segment> list) {
    int begin = 0;
    int end = offset + length;
    for (int i = 0; begin < end; i++) {
      int count = segments[i].capacity();
      int from = Math.max(offset, begin);
      int to = Math.min(end, begin + count);
      if (from < to) {
        list.add(segments[i].plainPart(from - begin, to - from));
      }
      begin += count;
    }
  }

  @Override
  public String toString() {
    return "heap[" + length + "]";
  }
}
