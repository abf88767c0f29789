package io.sluice.objectstore;

import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.Decoder;
import io.sluice.types.ObjectId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/**
 * Finds out where the bytes of an object are.
 *
 * <p><b>Invariants:</b> one look-up sees one committed state. Onode and blobs are looked up one
 * after the other, while commits go on; a blob that is gone means that the onode was replaced in
 * between, and the look-up begins again (the last time with commits held up). Blobs never change
 * and their ids are never used again, so what is found is what the onode meant; {@link ReadGuard}
 * keeps its blocks from being reused.
 *
 * <p><b>Threads:</b> any; blocks on memory or RocksDB.
 */
final class PieceFinder {
  private static final int OPTIMISTIC_LOOKUPS = 3;

  private final MetadataView view;
  private final BlobCache cache;

  PieceFinder(MetadataView view, BlobCache cache) {
    this.view = view;
    this.cache = cache;
  }

  /** What to call an object in messages: made when there is one ([M] a tenth of a small read). */
  private record Name(CollectionId collection, ObjectId object) {
    @Override
    public String toString() {
      return object + " in " + collection;
    }
  }

  static Object name(CollectionId collection, ObjectId object) {
    return new Name(collection, object);
  }

  /**
   * The pieces of all ranges, from memory alone, for who must not block; null when the database has
   * to be asked, which is so too when there is no such object.
   */
  List<Piece> findInMemory(CollectionId collection, ObjectId object, List<ObjectStore.Range> ranges)
      throws StoreException {
    Onode onode = view.onodeInMemory(MetadataKeys.object(collection, object));
    return onode == null ? null : pieces(onode, ranges, (part, name) -> cached(part), null);
  }

  private Piece cached(Extent part) {
    byte[] bytes = view.inline().get(part.blob(), part.blobOffset(), part.length());
    return bytes == null ? null : new Piece.Inline(bytes);
  }

  /**
   * The pieces of all ranges, in one state, one after the other; inline bytes are the database's.
   *
   * @param kept inline bytes are kept for who asks for them again
   */
  List<Piece> find(
      CollectionId collection, ObjectId object, List<ObjectStore.Range> ranges, boolean kept)
      throws StoreException {
    byte[] key = MetadataKeys.object(collection, object);
    Source source = kept ? (part, name) -> stored(part, name, true) : this::stored;
    return lookUp(key, name(collection, object), ranges, source);
  }

  /**
   * Where the bytes of these are, or null when a blob of theirs is gone: for extents that were
   * found before the epoch, so the database is asked.
   */
  List<Piece> find(List<Extent> extents, Object name) throws StoreException {
    List<Piece> pieces = new ArrayList<>(extents.size());
    for (Extent extent : extents) {
      Piece piece = stored(extent, name);
      if (piece == null) {
        return null;
      }
      pieces.add(piece);
    }
    return pieces;
  }

  private List<Piece> lookUp(byte[] key, Object name, List<ObjectStore.Range> ranges, Source source)
      throws StoreException {
    for (int i = 0; i < OPTIMISTIC_LOOKUPS; i++) {
      List<Piece> pieces = tryLookUp(key, name, ranges, source);
      if (pieces != null) {
        return pieces;
      }
    }
    synchronized (view.commitLock()) {
      List<Piece> pieces = tryLookUp(key, name, ranges, source);
      if (pieces == null) {
        throw new StoreException(
            StoreException.Kind.CORRUPT, name + " refers to a blob that is not there");
      }
      return pieces;
    }
  }

  /** Null when a blob is not there. */
  private List<Piece> tryLookUp(
      byte[] key, Object name, List<ObjectStore.Range> ranges, Source source)
      throws StoreException {
    Onode onode = view.onode(key);
    if (onode == null) {
      throw new StoreException(StoreException.Kind.NOT_FOUND, "no object " + name);
    }
    return pieces(onode, ranges, source, name);
  }

  /** Where to look for blobs that are not in memory. */
  private interface Source {
    /** Null when it is not there. */
    Piece stored(Extent part, Object name) throws StoreException;
  }

  /** Null when a blob is not there. */
  private List<Piece> pieces(
      Onode onode, List<ObjectStore.Range> ranges, Source source, Object name)
      throws StoreException {
    List<Piece> pieces = new ArrayList<>(ranges.size());
    for (ObjectStore.Range range : ranges) {
      long at = range.offset();
      long end = Math.max(at, Math.min(range.end(), onode.size));
      for (Extent extent : onode.extents.overlapping(at, end)) {
        Extent part = extent.cut(range.offset(), end);
        if (part.offset() > at) {
          pieces.add(new Piece.Hole(part.offset() - at));
        }
        BlobCache.Known known = cache.get(part.blob());
        Piece piece = known != null ? onDisk(part, known) : source.stored(part, name);
        if (piece == null) {
          return null;
        }
        add(pieces, piece);
        at = part.end();
      }
      if (at < end) {
        pieces.add(new Piece.Hole(end - at));
      }
    }
    return pieces;
  }

  /** Ranges that meet become one piece. */
  private static void add(List<Piece> pieces, Piece next) {
    int last = pieces.size() - 1;
    if (last >= 0
        && next instanceof Piece.OnDisk disk
        && pieces.get(last) instanceof Piece.OnDisk before
        && before.blob() == disk.blob()
        && before.range().touches(disk.range())) {
      pieces.set(
          last,
          new Piece.OnDisk(before.blob(), before.range().first(before.length() + next.length())));
    } else {
      pieces.add(next);
    }
  }

  private static Piece onDisk(Extent part, BlobCache.Known known) {
    return new Piece.OnDisk(
        part.blob(),
        new BlobReader.Range(
            known.blob(), known.checksums(), part.blobOffset(), part.length(), part.offset()));
  }

  /** From the database; null when it is not there. */
  private Piece stored(Extent part, Object name) throws StoreException {
    return stored(part, name, false);
  }

  private Piece stored(Extent part, Object name, boolean kept) throws StoreException {
    byte[] record = view.db().get(MetadataKeys.blob(part.blob()));
    if (record == null) {
      return null;
    }
    Blob blob = Blob.decode(record);
    byte[] beside =
        view.db()
            .get(
                blob.inline()
                    ? MetadataKeys.inline(part.blob())
                    : MetadataKeys.checksums(part.blob()));
    if (beside == null) {
      return null;
    }
    if (blob.inline()) {
      byte[] all = checked(part, beside, name);
      if (kept) {
        view.inline().offer(part.blob(), all);
      }
      return new Piece.Inline(partOf(all, part));
    }
    BlobCache.Known known = new BlobCache.Known(blob, ChecksumVector.decode(new Decoder(beside)));
    cache.put(part.blob(), known);
    return onDisk(part, known);
  }

  private static byte[] checked(Extent part, byte[] value, Object name) throws StoreException {
    if (!InlineBytes.matches(value)) {
      throw new StoreException(
          StoreException.Kind.CORRUPT,
          name + " at " + part.offset() + ": damaged inline blob " + part.blob());
    }
    return Arrays.copyOfRange(value, InlineBytes.CRC_BYTES, value.length);
  }

  private static byte[] partOf(byte[] all, Extent part) {
    int from = (int) part.blobOffset();
    boolean whole = from == 0 && part.length() == all.length;
    return whole ? all : Arrays.copyOfRange(all, from, from + (int) part.length());
  }
}
