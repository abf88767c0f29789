package io.sluice.objectstore;

/**
 * A run of an object's bytes, and where they are.
 *
 * @param offset first byte in the object
 * @param length bytes, positive
 * @param blob id of the blob that holds them
 * @param blobOffset where they begin in the blob
 */
record Extent(long offset, long length, long blob, long blobOffset) {
  Extent {
    if (offset < 0 || length <= 0 || blobOffset < 0) {
      throw new IllegalArgumentException("extent " + offset + "+" + length + " at " + blobOffset);
    }
  }

  long end() {
    return offset + length;
  }

  /** The same bytes at another place of an object. */
  Extent at(long otherOffset) {
    return new Extent(otherOffset, length, blob, blobOffset);
  }

  /** The part of it within {@code [from, to)}, which it must overlap. */
  Extent cut(long from, long to) {
    long first = Math.max(offset, from);
    return new Extent(first, Math.min(end(), to) - first, blob, blobOffset + first - offset);
  }
}
