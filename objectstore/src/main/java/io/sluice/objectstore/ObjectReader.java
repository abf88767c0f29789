package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.MemorySegment;
import io.sluice.types.ObjectId;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Reads an object's bytes into memory: looks up where they are, then brings them, checked.
 *
 * <p><b>Threads:</b> any; blocks on the disk.
 */
final class ObjectReader {
  private static final int ZERO_BYTES = 64 << 10;
  private static final MemorySegment ZEROS =
      MemorySegment.wrap(ByteBuffer.allocateDirect(ZERO_BYTES));

  private final PieceFinder finder;
  private final BlobReader blobs;

  ObjectReader(PieceFinder finder, BlobReader blobs) {
    this.finder = finder;
    this.blobs = blobs;
  }

  BufferList read(CollectionId collection, ObjectId object, List<ObjectStore.Range> ranges)
      throws StoreException {
    List<Piece> pieces = finder.find(collection, object, ranges);
    return read(pieces, PieceFinder.name(collection, object));
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
    if (piece instanceof Piece.Hole hole) {
      appendZeros(bytes, hole.length());
    } else if (piece instanceof Piece.Inline inline) {
      bytes.claimAppend(MemorySegment.wrap(ByteBuffer.wrap(inline.bytes())));
    } else {
      blobs.read(((Piece.OnDisk) piece).range(), name, bytes);
    }
  }

  static void appendZeros(BufferList bytes, long count) {
    for (long left = count; left > 0; left -= ZERO_BYTES) {
      bytes.claimAppend(ZEROS.share(0, (int) Math.min(left, ZERO_BYTES)));
    }
  }
}
