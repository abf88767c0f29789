package io.sluice.objectstore;

import java.util.ArrayList;
import java.util.List;

/**
 * A run of blocks of the data files.
 *
 * @param start bytes from the beginning of the data files' address space; a multiple of {@link
 *     #BLOCK}
 * @param length bytes; a positive multiple of {@link #BLOCK}
 */
record DiskExtent(long start, long length) {
  /** What is allocated, checksummed and written whole: the checksum vectors' block. */
  static final int BLOCK = io.sluice.bufferlist.ChecksumVector.BLOCK;

  DiskExtent {
    if (start < 0 || length <= 0 || start % BLOCK != 0 || length % BLOCK != 0) {
      throw new IllegalArgumentException("extent " + start + "+" + length);
    }
  }

  long end() {
    return start + length;
  }

  /** The blocks of bytes {@code [from, from+bytes)} of what lies in {@code extents}, in order. */
  static List<DiskExtent> part(List<DiskExtent> extents, long from, long bytes) {
    List<DiskExtent> part = new ArrayList<>(1);
    long at = 0;
    for (DiskExtent extent : extents) {
      long begin = Math.max(at, from);
      long end = Math.min(at + extent.length(), roundUp(from + bytes));
      if (begin < end) {
        part.add(new DiskExtent(extent.start() + begin - at, end - begin));
      }
      at += extent.length();
    }
    return part;
  }

  static long roundUp(long bytes) {
    return (bytes + BLOCK - 1) / BLOCK * BLOCK;
  }

  @Override
  public String toString() {
    return start + "+" + length;
  }
}
