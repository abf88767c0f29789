package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Copies segments together: all of a list into one, or just those that are not aligned. Neighbours
 * of one allocation or file are first put together again, without a copy.
 *
 * <p>The new memory is filled before the old segments go, so that a failure changes nothing.
 */
final class Rebuild {
  private Rebuild() {}

  static BufferList contiguous(BufferList list, Inspection reason) {
    List<Segment> segments = rejoined(list.changing());
    if (segments.isEmpty() || segments.size() == 1 && segments.get(0) instanceof MemorySegment) {
      return list;
    }
    ByteBuffer whole = ByteBuffer.allocate(Math.toIntExact(list.length()));
    list.look(reason).copyTo(0, whole);
    replace(segments, List.of(MemorySegment.wrap(whole.flip())));
    return list;
  }

  static boolean aligned(BufferList list, int alignment, DirectBuffers buffers, Inspection reason) {
    if (Integer.bitCount(alignment) != 1 || alignment > DirectBuffers.SMALLEST) {
      throw new IllegalArgumentException("alignment " + alignment);
    }
    List<Segment> segments = rejoined(list.changing());
    List<Segment> kept = new ArrayList<>();
    List<Segment> copied = new ArrayList<>();
    List<Segment> made = new ArrayList<>();
    BufferView view = list.look(reason);
    long at = 0;
    for (int i = 0; i < segments.size(); ) {
      int end = badRun(segments, i, alignment);
      if (end == i) {
        kept.add(segments.get(i));
        at += segments.get(i++).length();
        continue;
      }
      int bytes = 0;
      for (; i < end; i++) {
        bytes = Math.addExact(bytes, (int) view.lengthOf(i));
        copied.add(segments.get(i));
      }
      MemorySegment copy = copyOrUndo(new Run(view, at, bytes), buffers, made);
      made.add(copy);
      kept.add(copy);
      at += bytes;
    }
    replace(segments, kept);
    return !copied.isEmpty();
  }

  private static List<Segment> rejoined(List<Segment> segments) {
    for (int i = segments.size() - 1; i > 0; i--) {
      Segment both = joined(segments.get(i - 1), segments.get(i));
      if (both != null) {
        segments.set(i - 1, both);
        segments.remove(i);
      }
    }
    return segments;
  }

  private static Segment joined(Segment first, Segment second) {
    if (first instanceof MemorySegment memory && second instanceof MemorySegment next) {
      return memory.join(next);
    }
    return first instanceof FileSegment file && second instanceof FileSegment next
        ? file.join(next)
        : null;
  }

  /** Releases what is not kept, after everything is in its place. */
  private static void replace(List<Segment> segments, List<Segment> kept) {
    // Reading may have turned a pipe into memory of the list: release what is there now.
    List<Segment> before = List.copyOf(segments);
    segments.clear();
    segments.addAll(kept);
    Releases releases = new Releases();
    for (Segment segment : before) {
      if (kept.stream().noneMatch(k -> k == segment)) {
        releases.add(segment::release);
      }
    }
    releases.end();
  }

  /**
   * Where a run of segments that have to be copied together ends: at the first one after which the
   * bytes are a multiple again and the next is good. {@code from} itself when that is good.
   */
  private static int badRun(List<Segment> segments, int from, int alignment) {
    long bytes = 0;
    int i = from;
    while (i < segments.size()) {
      Segment segment = segments.get(i);
      boolean last = i == segments.size() - 1;
      boolean sized = last || segment.length() % alignment == 0;
      if (bytes % alignment == 0 && Layout.isAligned(segment, alignment) && sized) {
        return i;
      }
      bytes += segment.length();
      i++;
    }
    return i;
  }

  /** Bytes to be copied together. */
  private record Run(BufferView view, long at, int bytes) {}

  private static MemorySegment copyOrUndo(Run run, DirectBuffers buffers, List<Segment> made) {
    try {
      return copy(run.view(), run.at(), run.bytes(), buffers);
    } catch (RuntimeException e) {
      made.forEach(Segment::release);
      throw e;
    }
  }

  private static MemorySegment copy(BufferView view, long at, int bytes, DirectBuffers buffers) {
    DirectBuffer lease =
        buffers == null || bytes > DirectBuffers.LARGEST ? null : buffers.tryAcquire(bytes);
    if (lease == null) {
      ByteBuffer fresh = DirectBuffers.pages(bytes);
      view.copyTo(at, fresh);
      return MemorySegment.wrap(fresh.flip());
    }
    try {
      view.copyTo(at, lease.buffer());
    } catch (RuntimeException e) {
      lease.release();
      throw e;
    }
    return lease.claimSegment(0, bytes);
  }
}
