package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * What somebody asked to see of a run of pipe pages: mapped once, shared by the segment, its twins
 * and its parts, as all of them hold the same bytes.
 *
 * <p><b>Invariants:</b> a mapping covers positions of the run, counted from its first byte ever;
 * all go with the last reference. <b>Threads:</b> any.
 */
final class PipeLook {
  private record Part(long from, long length, PipeMapping mapping) {}

  private final ChecksumCache checksums = new ChecksumCache();
  private List<Part> parts = List.of();
  private int references = 1;

  synchronized PipeLook retain() {
    references++;
    return this;
  }

  void release() {
    List<Part> gone;
    synchronized (this) {
      if (--references > 0) {
        return;
      }
      gone = parts;
      parts = List.of();
    }
    Releases releases = new Releases();
    gone.forEach(part -> releases.add(part.mapping()::close));
    releases.end();
  }

  /** A read-only view when a mapping covers it; else null. */
  synchronized ByteBuffer find(long from, long length) {
    for (Part part : parts) {
      if (part.from() <= from && from + length <= part.from() + part.length()) {
        return part.mapping().slice((int) (from - part.from()), (int) length);
      }
    }
    return null;
  }

  /** The same, looking at the segment's bytes if need be; null when that cannot be (counted). */
  synchronized ByteBuffer view(PipeSegment segment, long from, Inspection reason) {
    ByteBuffer known = find(from, segment.length());
    if (known != null) {
      return known;
    }
    Tripwire.touch(reason);
    PipeMapping mapping = PipeMapping.tryOpen(segment, reason);
    if (mapping == null) {
      return null;
    }
    List<Part> more = new ArrayList<>(parts);
    more.add(new Part(from, segment.length(), mapping));
    parts = more;
    return mapping.slice(0, (int) segment.length());
  }

  ChecksumCache checksums() {
    return checksums;
  }
}
