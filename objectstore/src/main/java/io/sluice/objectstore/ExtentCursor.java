package io.sluice.objectstore;

import java.util.List;

/** Where the bytes of a blob are on disk. Immutable. */
final class ExtentCursor {
  private final List<DiskExtent> extents;
  private final long[] starts;

  ExtentCursor(List<DiskExtent> extents) {
    this.extents = extents;
    this.starts = new long[extents.size()];
    long at = 0;
    for (int i = 0; i < starts.length; i++) {
      starts[i] = at;
      at += extents.get(i).length();
    }
  }

  /** Disk address of byte {@code at} of the blob. */
  long disk(long at) {
    int i = find(at);
    return extents.get(i).start() + at - starts[i];
  }

  /** Bytes from there to the end of its extent. */
  long contiguous(long at) {
    int i = find(at);
    return starts[i] + extents.get(i).length() - at;
  }

  private int find(long at) {
    int found = starts.length == 1 && at >= 0 ? 0 : java.util.Arrays.binarySearch(starts, at);
    int i = found >= 0 ? found : -found - 2;
    if (i < 0 || at >= starts[i] + extents.get(i).length()) {
      throw new IndexOutOfBoundsException("byte " + at + " of a blob in " + extents);
    }
    return i;
  }
}
