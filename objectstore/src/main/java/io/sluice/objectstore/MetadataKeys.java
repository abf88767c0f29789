package io.sluice.objectstore;

import io.sluice.types.ObjectId;
import io.sluice.types.PgId;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * The keys of the metadata database; the first byte says what the value is.
 *
 * <pre>
 * 'B' | be64 blob id                              {@link Blob}
 * 'C' | be64 pool, sign flipped | be32 pg         {@link CollectionRecord}
 * 'I' | be64 blob id                              bytes of an inline blob: le32 CRC-32C | bytes
 * 'K' | be64 blob id                              checksums of a disk blob: le64 length | le32 n | n x le32
 * 'M' | be64 node id | omap key                   omap value
 * 'O' | be64 pool, sign flipped | be32 pg | {@link ObjectKey}    {@link Onode}
 * 'S' | name                                      state of the store: "ids" ({@link IdSource}),
 *                                                 "copying" ({@link OmapAhead})
 * </pre>
 */
final class MetadataKeys {
  static final byte BLOB = 'B';
  static final byte COLLECTION = 'C';
  static final byte INLINE = 'I';
  static final byte CHECKSUMS = 'K';
  static final byte OMAP = 'M';
  static final byte OBJECT = 'O';
  static final byte STATE = 'S';

  private static final int COLLECTION_BYTES = 1 + 8 + 4;
  private static final int ID_BYTES = 1 + 8;

  private MetadataKeys() {}

  static byte[] collection(CollectionId collection) {
    return withCollection(COLLECTION, collection, 0).array();
  }

  static CollectionId collectionOf(byte[] key) {
    ByteBuffer from = ByteBuffer.wrap(key, 1, key.length - 1);
    long pool = from.getLong() ^ Long.MIN_VALUE;
    return new CollectionId(new PgId(pool, from.getInt()));
  }

  static byte[] object(CollectionId collection, ObjectId object) {
    byte[] name = ObjectKey.of(object).bytes();
    return withCollection(OBJECT, collection, name.length).put(name).array();
  }

  /** Sorts before every object of the collection. */
  static byte[] firstObject(CollectionId collection) {
    return withCollection(OBJECT, collection, 0).array();
  }

  static ObjectId objectOf(byte[] key) {
    return ObjectKey.decode(key, COLLECTION_BYTES);
  }

  static byte[] blob(long id) {
    return withId(BLOB, id, 0).array();
  }

  static byte[] inline(long id) {
    return withId(INLINE, id, 0).array();
  }

  static byte[] checksums(long id) {
    return withId(CHECKSUMS, id, 0).array();
  }

  static long idOf(byte[] key) {
    return ByteBuffer.wrap(key).getLong(1);
  }

  static byte[] omap(long node, byte[] key) {
    return withId(OMAP, node, key.length).put(key).array();
  }

  static byte[] omapKeyOf(byte[] key) {
    return Arrays.copyOfRange(key, ID_BYTES, key.length);
  }

  static byte[] state(String name) {
    byte[] text = name.getBytes(StandardCharsets.US_ASCII);
    return ByteBuffer.allocate(1 + text.length).put(STATE).put(text).array();
  }

  /** The first key after all that begin with {@code prefix}. */
  static byte[] after(byte[] prefix) {
    for (int i = prefix.length - 1; i >= 0; i--) {
      if (prefix[i] != (byte) 0xff) {
        byte[] end = Arrays.copyOf(prefix, i + 1);
        end[i]++;
        return end;
      }
    }
    throw new IllegalArgumentException("nothing sorts after " + Arrays.toString(prefix));
  }

  private static ByteBuffer withCollection(byte kind, CollectionId collection, int more) {
    PgId pg = collection.pg();
    return ByteBuffer.allocate(COLLECTION_BYTES + more)
        .put(kind)
        .putLong(pg.pool() ^ Long.MIN_VALUE)
        .putInt(pg.seed());
  }

  private static ByteBuffer withId(byte kind, long id, int more) {
    return ByteBuffer.allocate(ID_BYTES + more).put(kind).putLong(id);
  }
}
