package io.sluice.objectstore;

import java.util.Arrays;

/**
 * Bytes that go into the metadata, grown by small inline neighbours.
 *
 * <p>An append of 100 bytes to an inline extent of less than {@value #NEIGHBOUR_MAX} bytes rewrites
 * that extent rather than adding one: a log appended to in small pieces has an extent per 4 KiB,
 * not per piece, for about 2 KiB more in each batch.
 *
 * @param offset in the object
 */
record InlineWrite(long offset, byte[] bytes) {
  /** Larger neighbours stay as they are: writes of whole blocks never rewrite each other. */
  private static final int NEIGHBOUR_MAX = DiskExtent.BLOCK;

  private long end() {
    return offset + bytes.length;
  }

  InlineWrite mergedWithNeighbours(ExtentMap extents, BlobLedger blobs) {
    Extent left = reaching(extents, offset);
    Extent right = leaving(extents, end());
    byte[] before = bytesOf(left, offset, true, blobs);
    byte[] after = bytesOf(right, end(), false, blobs);
    if (before.length + after.length == 0) {
      return this;
    }
    byte[] joined = Arrays.copyOf(before, before.length + bytes.length + after.length);
    System.arraycopy(bytes, 0, joined, before.length, bytes.length);
    System.arraycopy(after, 0, joined, before.length + bytes.length, after.length);
    return new InlineWrite(offset - before.length, joined);
  }

  /** The extent with the byte before {@code at}, or null. */
  private static Extent reaching(ExtentMap extents, long at) {
    return at == 0 ? null : extents.overlapping(at - 1, at).stream().findFirst().orElse(null);
  }

  /** The extent with the byte at {@code at}, or null. */
  private static Extent leaving(ExtentMap extents, long at) {
    return extents.overlapping(at, at + 1).stream().findFirst().orElse(null);
  }

  /**
   * What of the neighbour lies before (or behind) {@code edge}, when it is small and inline; else
   * nothing.
   */
  private static byte[] bytesOf(Extent neighbour, long edge, boolean before, BlobLedger blobs) {
    if (neighbour == null) {
      return new byte[0];
    }
    Extent part =
        before ? neighbour.cut(neighbour.offset(), edge) : neighbour.cut(edge, neighbour.end());
    if (part.length() >= NEIGHBOUR_MAX || !blobs.isInline(part.blob())) {
      return new byte[0];
    }
    byte[] all = blobs.inlineBytes(part.blob());
    int from = (int) part.blobOffset();
    return Arrays.copyOfRange(all, from, from + (int) part.length());
  }
}
