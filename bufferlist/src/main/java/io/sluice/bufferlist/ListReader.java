package io.sluice.bufferlist;

import java.util.List;

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
        segment = list.drain(i, pipe, reason);
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

  static int crc32c(BufferList list, int seed, Inspection reason) {
    List<Segment> segments = list.segments();
    int crc = seed;
    for (int i = 0; i < segments.size(); i++) {
      Segment segment = segments.get(i);
      if (segment instanceof PipeSegment pipe) {
        Integer mapped = pipe.crc32c(crc, reason);
        if (mapped != null) {
          crc = mapped;
          continue;
        }
        segment = list.drain(i, pipe, reason);
      }
      crc =
          segment instanceof MemorySegment memory
              ? memory.crc32c(crc)
              : SegmentReader.crc32c(crc, Linux.instance(), (FileSegment) segment);
    }
    return crc;
  }
}
