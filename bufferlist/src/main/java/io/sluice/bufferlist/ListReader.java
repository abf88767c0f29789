package io.sluice.bufferlist;

import java.util.List;
import java.util.zip.CRC32C;

/** Reads a list from its first byte to its last, each kind of segment in its cheapest way. */
final class ListReader {
  private ListReader() {}

  static byte[] bytes(BufferList list, Sys sys, Inspection reason) {
    byte[] bytes = new byte[Math.toIntExact(list.length())];
    List<Segment> segments = list.segments();
    int at = 0;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      int count = (int) segment.length();
      if (segment instanceof PipeSegment pipe && !SegmentReader.copy(pipe, bytes, at, reason)) {
        segment = PipeReader.drain(list, i, pipe, reason);
      }
      if (segment instanceof MemorySegment memory) {
        SegmentReader.copy(memory, bytes, at);
      } else if (segment instanceof FileSegment file) {
        SegmentReader.copy(sys, file, bytes, at);
      }
      at += count;
    }
    return bytes;
  }

  /** Neighbours that are too small to be remembered are read in one go: their seed is that once. */
  static int crc32c(BufferList list, int seed, Inspection reason) {
    List<Segment> segments = list.segments();
    CRC32C run = new CRC32C();
    long runLength = 0;
    int crc = seed;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (segment instanceof MemorySegment memory && memory.isSmall()) {
        run.update(memory.view().duplicate());
        runLength += memory.length();
        continue;
      }
      if (runLength > 0) {
        crc = Crc32c.seeded(crc, run, runLength);
        run.reset();
        runLength = 0;
      }
      crc = crc32c(list, i, crc, reason);
    }
    return runLength > 0 ? Crc32c.seeded(crc, run, runLength) : crc;
  }

  private static int crc32c(BufferList list, int index, int seed, Inspection reason) {
    Segment segment = list.segments().get(index);
    if (segment instanceof PipeSegment pipe) {
      Integer mapped = pipe.crc32c(seed, reason);
      if (mapped != null) {
        return mapped;
      }
      segment = PipeReader.drain(list, index, pipe, reason);
    }
    return segment instanceof MemorySegment memory
        ? memory.crc32c(seed)
        : SegmentReader.crc32c(seed, Linux.instance(), (FileSegment) segment);
  }
}
