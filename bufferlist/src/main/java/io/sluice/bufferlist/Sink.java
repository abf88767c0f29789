package io.sluice.bufferlist;

import java.util.List;

/**
 * Takes bytes from the head of a list, one system call's worth at a time.
 *
 * <p>A pipe segment is told what was consumed of it; of other segments the {@link SpliceWriter}
 * keeps count.
 */
sealed interface Sink permits StreamSink, FileSink, DirectFileSink {
  /**
   * @param skip bytes of the first segment that were taken before (never of a pipe)
   * @param more whether something follows these segments
   * @return bytes taken, or -errno with nothing taken (-EAGAIN: no room now), 0: the segment holds
   *     fewer bytes than it says
   */
  long take(List<Segment> segments, long skip, boolean more);

  /** Everything was taken: write what is held back. 0, or -errno to be tried again. */
  default long flush() {
    return 0;
  }

  /** Bytes taken that have not been written; null when there are none. Then they are gone here. */
  default MemorySegment claimHeld() {
    return null;
  }

  /** Bytes taken that have not been written. */
  default long held() {
    return 0;
  }
}
