package io.sluice.objectstore;

import io.sluice.bufferlist.ChecksumVector;
import java.util.List;

/** The stored checksums of a read's blocks, where the read has the same blocks as the disk. */
final class BlockChecksums {
  private BlockChecksums() {}

  /**
   * @return null when a piece is no block of the data files, begins inside one, or ends before its
   *     blob's last block does
   */
  static ChecksumVector of(List<Piece> pieces) {
    long length = pieces.stream().mapToLong(Piece::length).sum();
    int[] crcs = new int[(int) ((length + DiskExtent.BLOCK - 1) / DiskExtent.BLOCK)];
    long at = 0;
    for (Piece piece : pieces) {
      if (!(piece instanceof Piece.OnDisk disk)
          || at % DiskExtent.BLOCK != 0
          || !hasWholeBlocks(disk.range())) {
        return null;
      }
      BlobReader.Range range = disk.range();
      int first = (int) (range.offset() / DiskExtent.BLOCK);
      int count = (int) ((range.length() + DiskExtent.BLOCK - 1) / DiskExtent.BLOCK);
      System.arraycopy(range.checksums().crcs(), first, crcs, (int) (at / DiskExtent.BLOCK), count);
      at += range.length();
    }
    return new ChecksumVector(length, crcs);
  }

  private static boolean hasWholeBlocks(BlobReader.Range range) {
    long end = range.offset() + range.length();
    return range.offset() % DiskExtent.BLOCK == 0
        && (end % DiskExtent.BLOCK == 0 || end == range.blob().length());
  }
}
