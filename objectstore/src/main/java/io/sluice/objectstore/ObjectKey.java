package io.sluice.objectstore;

import io.sluice.bufferlist.MalformedInputException;
import io.sluice.types.ObjectId;
import java.io.ByteArrayOutputStream;
import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * An object's identity as bytes whose unsigned order is the store order: bit-reversed hash, pool,
 * namespace, key, name, snap, generation, shard.
 *
 * <pre>
 * be32 hash, bits reversed | be64 pool, sign bit flipped | namespace | key | name
 *   | be64 snap | be64 generation | be32 shard, sign bit flipped
 * </pre>
 *
 * <p>A string is its UTF-8 bytes with each {@code 00} written as {@code 00 ff}, then {@code 00 00}:
 * the end sorts before every continuation, so a prefix sorts before what it is a prefix of. Snap
 * and generation sort unsigned (the head, -2, comes after the clones), pool and shard signed.
 *
 * <p><b>Invariants:</b> {@code decode(of(id)) == id}; comparing keys is comparing ids; no key is a
 * prefix of another. Immutable.
 */
final class ObjectKey implements Comparable<ObjectKey> {
  private static final int FIXED_BYTES = 4 + 8 + 3 * 2 + 8 + 8 + 4;
  private static final long SIGN_64 = Long.MIN_VALUE;
  private static final int SIGN_32 = Integer.MIN_VALUE;

  private final byte[] bytes;

  private ObjectKey(byte[] bytes) {
    this.bytes = bytes;
  }

  static ObjectKey of(ObjectId id) {
    byte[] namespace = escape(id.namespace());
    byte[] key = escape(id.key());
    byte[] name = escape(id.name());
    ByteBuffer to =
        ByteBuffer.allocate(FIXED_BYTES - 3 * 2 + namespace.length + key.length + name.length);
    to.putInt(Integer.reverse(id.hash())).putLong(id.pool() ^ SIGN_64);
    to.put(namespace).put(key).put(name);
    to.putLong(id.snap()).putLong(id.generation()).putInt(id.shard() ^ SIGN_32);
    return new ObjectKey(to.array());
  }

  /**
   * The id in {@code bytes} from {@code offset} to the end.
   *
   * @throws MalformedInputException when the bytes are no key
   */
  static ObjectId decode(byte[] bytes, int offset) {
    try {
      return decode(ByteBuffer.wrap(bytes, offset, bytes.length - offset));
    } catch (BufferUnderflowException e) {
      throw new MalformedInputException(
          "object key of " + (bytes.length - offset) + " bytes ends early");
    }
  }

  private static ObjectId decode(ByteBuffer from) {
    int hash = Integer.reverse(from.getInt());
    long pool = from.getLong() ^ SIGN_64;
    String namespace = unescape(from);
    String key = unescape(from);
    String name = unescape(from);
    return new ObjectId(
        pool, namespace, key, name, hash, from.getLong(), from.getLong(), from.getInt() ^ SIGN_32);
  }

  ObjectId id() {
    return decode(bytes, 0);
  }

  /** The bytes themselves: not to be changed. */
  byte[] bytes() {
    return bytes;
  }

  private static byte[] escape(String text) {
    byte[] plain = text.getBytes(StandardCharsets.UTF_8);
    int zeros = 0;
    for (byte b : plain) {
      zeros += b == 0 ? 1 : 0;
    }
    if (zeros == 0) {
      return Arrays.copyOf(plain, plain.length + 2);
    }
    ByteBuffer to = ByteBuffer.allocate(plain.length + zeros + 2);
    for (byte b : plain) {
      to.put(b);
      if (b == 0) {
        to.put((byte) 0xff);
      }
    }
    return to.array();
  }

  private static String unescape(ByteBuffer from) {
    ByteArrayOutputStream to = new ByteArrayOutputStream();
    while (true) {
      byte b = from.get();
      if (b == 0) {
        byte next = from.get();
        if (next == 0) {
          return to.toString(StandardCharsets.UTF_8);
        }
        if (next != (byte) 0xff) {
          throw new MalformedInputException("object key with a bad escape " + next);
        }
      }
      to.write(b);
    }
  }

  @Override
  public int compareTo(ObjectKey other) {
    return Arrays.compareUnsigned(bytes, other.bytes);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof ObjectKey that && Arrays.equals(bytes, that.bytes);
  }

  @Override
  public int hashCode() {
    return Arrays.hashCode(bytes);
  }

  @Override
  public String toString() {
    return id().toString();
  }
}
