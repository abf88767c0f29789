package io.sluice.bufferlist;

/**
 * A run of bytes inside a {@link BufferList}; who closes the list, closes its segments.
 *
 * <p>A closed set of kinds, so that a sink chooses its system call by a switch over the kind:
 * {@link MemorySegment} gathers, {@link PipeSegment} splices, {@link FileSegment} sends from a
 * descriptor.
 */
public sealed interface Segment permits MemorySegment, PipeSegment, FileSegment {
  /** Bytes left in this segment. Never inspects. */
  long length();

  /** Gives back what the segment holds. Exactly once. */
  void release();
}
