package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.MemorySegment;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Brings the pieces of an object into memory, checked, one after the other.
 *
 * <p><b>Threads:</b> any; blocks on the disk.
 */
final class ObjectReader {
  private static final int ZERO_BYTES = 64 << 10;
  private static final MemorySegment ZEROS =
      MemorySegment.wrap(ByteBuffer.allocateDirect(ZERO_BYTES));

  private final BlobReader blobs;

  ObjectReader(BlobReader blobs) {
    this.blobs = blobs;
  }

  BufferList read(List<Piece> pieces, Object name) throws StoreException {
    BufferList bytes = new BufferList();
    try {
      for (Piece piece : pieces) {
        append(bytes, piece, name);
      }
    } catch (StoreException | RuntimeException e) {
      bytes.close();
      throw e;
    }
    return bytes;
  }

  private void append(BufferList bytes, Piece piece, Object name) throws StoreException {
    if (piece instanceof Piece.OnDisk disk) {
      blobs.read(disk.range(), name, bytes);
    } else {
      append(bytes, piece);
    }
  }

  /** Of a piece that is not in the data files. */
  static void append(BufferList bytes, Piece piece) {
    if (piece instanceof Piece.Inline inline) {
      bytes.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(inline.bytes())));
    } else {
      appendZeros(bytes, piece.length());
    }
  }

  private static void appendZeros(BufferList bytes, long count) {
    for (long left = count; left > 0; left -= ZERO_BYTES) {
      bytes.claimAppend(ZEROS.share(0, (int) Math.min(left, ZERO_BYTES)));
    }
  }
}
