package io.sluice.bufferlist;

import java.util.List;

/** How the segments of a list lie, asked without looking at a byte. An empty list is all of it. */
public final class Layout {
  private final List<Segment> segments;

  Layout(List<Segment> segments) {
    this.segments = segments;
  }

  /** Segments there are. */
  public int count() {
    return segments.size();
  }

  /** At most one segment. */
  public boolean isContiguous() {
    return segments.size() <= 1;
  }

  /** Every segment's length is a multiple of {@code size} bytes. */
  public boolean isSizedBy(int size) {
    return segments.stream().allMatch(segment -> segment.length() % size == 0);
  }

  /**
   * Every segment is direct memory at a multiple of {@code alignment}, or a range of a file that
   * begins at one. A pipe's pages are nobody's to ask: false.
   */
  public boolean isAlignedTo(int alignment) {
    return segments.stream().allMatch(segment -> isAligned(segment, alignment));
  }

  static boolean isAligned(Segment segment, int alignment) {
    if (segment instanceof MemorySegment memory) {
      return memory.view().isDirect() && DirectBuffers.addressOf(memory.view()) % alignment == 0;
    }
    return segment instanceof FileSegment file && file.offset() % alignment == 0;
  }

  /** True when the list is exactly this buffer's remaining memory: what was received in place. */
  public boolean isExactly(java.nio.ByteBuffer direct) {
    return segments.size() == 1
        && segments.get(0) instanceof MemorySegment memory
        && memory.view().isDirect()
        && memory.length() == direct.remaining()
        && DirectBuffers.addressOf(memory.view())
            == DirectBuffers.addressOf(direct) + direct.position();
  }
}
