package io.sluice.bufferlist;

import java.util.List;

/**
 * Cuts lists: memory and files by sharing, pipes by tee and discard, or by moving the references of
 * the first part into a pipe of its own.
 */
final class ListCutter {
  private ListCutter() {}

  private static void check(BufferList list, long offset, long count) {
    long length = list.length();
    if (offset < 0 || count < 0 || offset > length - count) {
      throw new IndexOutOfBoundsException(offset + "+" + count + " of " + length);
    }
  }

  static BufferList slice(BufferList list, long offset, long count) {
    check(list, offset, count);
    BufferList part = new BufferList();
    boolean whole = false;
    try {
      appendPart(list, offset, count, part);
      whole = true;
    } finally {
      if (!whole) { // a pipe that could not be shared could not be read either
        part.close();
      }
    }
    return part;
  }

  private static void appendPart(BufferList list, long offset, long count, BufferList part) {
    long start = 0;
    List<Segment> segments = list.segments();
    for (int i = 0; i < segments.size() && start < offset + count; i++) {
      Segment segment = segments.get(i);
      long length = segment.length();
      long from = Math.max(offset, start);
      long to = Math.min(offset + count, start + length);
      if (from < to) {
        part.claimAppend(
            segment instanceof MemorySegment memory
                ? memory.share((int) (from - start), (int) (to - from))
                : shareOf(list, i, from - start, to - from));
      }
      start += length;
    }
  }

  private static Segment shareOf(BufferList list, int index, long offset, long count) {
    Segment segment = list.segments().get(index);
    if (segment instanceof PipeSegment pipe) {
      Segment part = sliceOf(pipe, offset, count);
      return part != null
          ? part
          : PipeReader.drain(list, index, pipe, Inspection.NO_PIPE)
              .share((int) offset, (int) count);
    }
    return shareOf(segment, offset, count);
  }

  private static Segment shareOf(Segment segment, long offset, long count) {
    return segment instanceof MemorySegment memory
        ? memory.share((int) offset, (int) count)
        : ((FileSegment) segment).share(offset, count);
  }

  /** Null when there is neither a pipe nor a mapping to be had. */
  private static Segment sliceOf(PipeSegment pipe, long offset, long count) {
    Pipe[] spare = pipe.pipe().pool().tryAcquire(1, pipe.meter());
    Segment part = spare == null ? null : pipe.sliceInto(spare[0], offset, count);
    return part != null ? part : pipe.mappedPart(offset, count, Inspection.NO_PIPE);
  }

  /** All segments into {@code spares}; null when a tee came short. */
  static BufferList twin(List<Segment> segments, Pipe[] spares) {
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

  static BufferList spliceOut(BufferList list, long offset, long count) {
    check(list, offset, count);
    int from = cut(list, offset);
    int to = cut(list, offset + count);
    BufferList out = new BufferList();
    List<Segment> removed = list.changing().subList(from, to);
    removed.forEach(out::claimAppend);
    removed.clear();
    return out;
  }

  /** Makes a segment begin at {@code offset}; returns which. */
  private static int cut(BufferList list, long offset) {
    List<Segment> segments = list.changing();
    long start = 0;
    for (int i = 0; i < segments.size(); i++) {
      long length = segments.get(i).length();
      if (offset <= start) {
        return i;
      }
      if (offset < start + length) {
        return cut(list, segments, i, offset - start);
      }
      start += length;
    }
    return segments.size();
  }

  private static int cut(BufferList list, List<Segment> segments, int index, long at) {
    int i = index;
    long left = at;
    if (segments.get(i) instanceof PipeSegment pipe) {
      Pipe[] spare = pipe.pipe().pool().tryAcquire(1, pipe.meter());
      if (spare != null) {
        PipeSegment head = pipe.splitInto(spare[0], at);
        left -= head.length();
        if (head.length() > 0) {
          segments.add(i++, head);
        } else {
          head.release();
        }
        if (left == 0) {
          return i;
        }
      }
      PipeReader.drain(list, i, pipe, Inspection.NO_PIPE);
    }
    Segment whole = segments.get(i);
    segments.set(i, shareOf(whole, left, whole.length() - left));
    segments.add(i, shareOf(whole, 0, left));
    whole.release();
    return i + 1;
  }
}
