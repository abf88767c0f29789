package io.sluice.objectstore;

import io.sluice.bufferlist.Crc32c;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * Changes of metadata that become durable together, in the order in which they were added.
 *
 * <p>Kept outside the heap, one behind the other, where the database takes them from without
 * another copy; {@link #clear} keeps the room, so that who commits again and again allocates once.
 * A batch of more than {@value #DIRECT_BYTES_MAX} bytes lies in the heap: what is dropped outside
 * it stays until a collection that nothing outside it brings about.
 *
 * <p>Deletes are plain ones, never RocksDB's SingleDelete: the two must not meet on one key.
 * <b>Threads:</b> one owner.
 */
final class MetadataBatch {
  private static final int ROOM_BYTES = 4096;

  /** More than this is a batch of a whole collection, say, and not the next one's measure. */
  static final int DIRECT_BYTES_MAX = 1 << 20;

  /**
   * Takes the changes one by one; the buffers are views, valid during the call, to be emptied. All
   * of a batch are direct, or none is.
   */
  interface Target<E extends Exception> {
    void put(ByteBuffer key, ByteBuffer value) throws E;

    void delete(ByteBuffer key) throws E;

    /** Deletes {@code [first, end)}. */
    void deleteRange(byte[] first, byte[] end) throws E;
  }

  private enum Kind {
    PUT,
    DELETE,
    DELETE_RANGE
  }

  private static final Kind[] KINDS = Kind.values();

  /** Of each change: its kind, bytes of the key, bytes of what follows it. */
  private static final int SHAPE_INTS = 3;

  private static final int SHAPES_KEPT_MAX = SHAPE_INTS << 14;

  private ByteBuffer kept = ByteBuffer.allocateDirect(ROOM_BYTES);
  private ByteBuffer bytes = kept;
  private int[] shapes = new int[SHAPE_INTS * 64];
  private int count;

  MetadataBatch put(byte[] key, byte[] value) {
    return record(Kind.PUT, key, value);
  }

  MetadataBatch delete(byte[] key) {
    return record(Kind.DELETE, key, new byte[0]);
  }

  MetadataBatch deleteRange(byte[] first, byte[] end) {
    return record(Kind.DELETE_RANGE, first, end);
  }

  /** The value is {@link InlineBytes}' of these: their checksum, and themselves. */
  MetadataBatch putChecked(byte[] key, byte[] plain) {
    room(key.length + InlineBytes.CRC_BYTES + plain.length);
    bytes.put(key).putInt(Integer.reverseBytes(Crc32c.update(Crc32c.SEED, plain))).put(plain);
    return recorded(Kind.PUT, key.length, InlineBytes.CRC_BYTES + plain.length);
  }

  private MetadataBatch record(Kind kind, byte[] first, byte[] second) {
    room(first.length + second.length);
    bytes.put(first).put(second);
    return recorded(kind, first.length, second.length);
  }

  private MetadataBatch recorded(Kind kind, int first, int second) {
    int shape = SHAPE_INTS * count++;
    shapes[shape] = kind.ordinal();
    shapes[shape + 1] = first;
    shapes[shape + 2] = second;
    return this;
  }

  private void room(int more) {
    if (bytes.remaining() < more) {
      grow(Math.addExact(bytes.position(), more));
    }
    if (SHAPE_INTS * count == shapes.length) {
      shapes = Arrays.copyOf(shapes, 2 * shapes.length);
    }
  }

  private void grow(int needed) {
    int doubled = (int) Math.min(Integer.MAX_VALUE - 8L, 2L * bytes.capacity());
    if (needed <= DIRECT_BYTES_MAX) {
      kept = ByteBuffer.allocateDirect(Math.max(needed, Math.min(doubled, DIRECT_BYTES_MAX)));
      bytes = kept.put(bytes.flip());
    } else {
      bytes = ByteBuffer.allocate(Math.max(needed, doubled)).put(bytes.flip());
    }
  }

  <E extends Exception> void forEach(Target<E> target) throws E {
    ByteBuffer key = bytes.duplicate();
    ByteBuffer value = bytes.duplicate();
    int at = 0;
    for (int shape = 0; shape < SHAPE_INTS * count; shape += SHAPE_INTS) {
      int middle = at + shapes[shape + 1];
      int end = middle + shapes[shape + 2];
      key.limit(middle).position(at);
      value.limit(end).position(middle);
      switch (KINDS[shapes[shape]]) {
        case PUT -> target.put(key, value);
        case DELETE -> target.delete(key);
        case DELETE_RANGE -> target.deleteRange(copyOf(key), copyOf(value));
      }
      at = end;
    }
  }

  static byte[] copyOf(ByteBuffer view) {
    byte[] copy = new byte[view.remaining()];
    view.get(copy);
    return copy;
  }

  boolean isEmpty() {
    return count == 0;
  }

  /** Bytes of keys and values so far. */
  int length() {
    return bytes.position();
  }

  /** Empty again. */
  MetadataBatch clear() {
    count = 0;
    bytes = kept;
    bytes.clear();
    if (shapes.length > SHAPES_KEPT_MAX) {
      shapes = new int[SHAPE_INTS * 64];
    }
    return this;
  }
}
