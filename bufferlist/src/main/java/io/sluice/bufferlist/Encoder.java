package io.sluice.bufferlist;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Collection;
import java.util.function.BiConsumer;

/**
 * Writes Ceph's little-endian encoding into a growing byte array.
 *
 * <p>Versioned struct: {@code u8 struct_v | u8 struct_compat | le32 struct_len | body}; strings and
 * byte arrays are {@code le32 length | bytes}; collections are {@code le32 count | elements}.
 * (ceph: include/encoding.h)
 *
 * <p><b>Threads:</b> one owner.
 */
public final class Encoder {
  private byte[] bytes;
  private int length;

  /** Room for a small message, which grows. */
  public Encoder() {
    this(256);
  }

  /** Room for so many bytes, which grows. */
  public Encoder(int expectedBytes) {
    bytes = new byte[Math.max(16, expectedBytes)];
  }

  /** The low byte. */
  public Encoder u8(int value) {
    room(1);
    bytes[length++] = (byte) value;
    return this;
  }

  /** One byte, 0 or 1. */
  public Encoder bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  /** The low two bytes, little-endian. */
  public Encoder le16(int value) {
    room(2);
    bytes[length++] = (byte) value;
    bytes[length++] = (byte) (value >>> 8);
    return this;
  }

  /** Four bytes, little-endian. */
  public Encoder le32(int value) {
    room(4);
    putLe32(length, value);
    length += 4;
    return this;
  }

  /** Eight bytes, little-endian. */
  public Encoder le64(long value) {
    le32((int) value);
    return le32((int) (value >>> 32));
  }

  /** Big-endian 16 bits, as sockaddr ports are. */
  public Encoder be16(int value) {
    u8(value >>> 8);
    return u8(value);
  }

  /** The bytes alone, without a length. */
  public Encoder raw(byte[] value) {
    return raw(value, 0, value.length);
  }

  /** A part of the bytes, without a length. */
  public Encoder raw(byte[] value, int offset, int count) {
    room(count);
    System.arraycopy(value, offset, bytes, length, count);
    length += count;
    return this;
  }

  /** So many bytes 0. */
  public Encoder zeros(int count) {
    room(count);
    length += count;
    return this;
  }

  /** {@code le32 length | bytes}. */
  public Encoder blob(byte[] value) {
    return le32(value.length).raw(value);
  }

  /** {@code le32 length | UTF-8 bytes}. */
  public Encoder string(String value) {
    return blob(value.getBytes(StandardCharsets.UTF_8));
  }

  /** {@code le32 count | elements}. */
  public <T> Encoder list(Collection<T> elements, BiConsumer<Encoder, T> each) {
    le32(elements.size());
    for (T element : elements) {
      each.accept(this, element);
    }
    return this;
  }

  /** Opens a versioned struct; returns the mark that {@link #end} takes. */
  public int begin(int structV, int structCompat) {
    u8(structV);
    u8(structCompat);
    int mark = length;
    le32(0);
    return mark;
  }

  /** Closes the struct opened at {@code mark}: fills in its length. */
  public Encoder end(int mark) {
    putLe32(mark, length - mark - 4);
    return this;
  }

  /** Overwrites four bytes already written, for counts and checksums known later. */
  public Encoder patchLe32(int position, int value) {
    if (position < 0 || position + 4 > length) {
      throw new IndexOutOfBoundsException("patch at " + position + " of " + length);
    }
    putLe32(position, value);
    return this;
  }

  /** CRC-32C, with a raw seed, of what was written from {@code position} on. */
  public int crc32c(int seed, int position) {
    if (position < 0 || position > length) {
      throw new IndexOutOfBoundsException("checksum from " + position + " of " + length);
    }
    return Crc32c.update(seed, bytes, position, length - position);
  }

  /** Bytes so far. */
  public int length() {
    return length;
  }

  /** A copy of what was written, the caller's. */
  public byte[] toByteArray() {
    return Arrays.copyOf(bytes, length);
  }

  /** The same without a copy where exactly as many bytes were expected; begins anew, empty. */
  public byte[] claimBytes() {
    byte[] written = length == bytes.length ? bytes : toByteArray();
    bytes = new byte[0];
    length = 0;
    return written;
  }

  private void putLe32(int position, int value) {
    bytes[position] = (byte) value;
    bytes[position + 1] = (byte) (value >>> 8);
    bytes[position + 2] = (byte) (value >>> 16);
    bytes[position + 3] = (byte) (value >>> 24);
  }

  private void room(int count) {
    if (bytes.length - length < count) {
      bytes = Arrays.copyOf(bytes, Math.max(bytes.length * 2, Math.addExact(length, count)));
    }
  }
}
