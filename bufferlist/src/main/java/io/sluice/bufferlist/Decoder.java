package io.sluice.bufferlist;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/**
 * Reads Ceph's little-endian encoding from a byte array; the twin of {@link Encoder}.
 *
 * <p><b>Threads:</b> one owner. The array stays the caller's, who leaves it alone meanwhile.
 */
public final class Decoder extends EncodedReader<Decoder> {
  private final byte[] bytes;
  private int position;
  private final int limit;

  /** Reads all of the array. */
  public Decoder(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  /**
   * Reads a part of the array.
   *
   * @throws IndexOutOfBoundsException when the array does not have it
   */
  public Decoder(byte[] bytes, int offset, int length) {
    if (offset < 0 || length < 0 || offset + length > bytes.length) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + bytes.length);
    }
    this.bytes = bytes;
    this.position = offset;
    this.limit = offset + length;
  }

  @Override
  public int u8() {
    need(1);
    return bytes[position++] & 0xff;
  }

  @Override
  public int le16() {
    need(2);
    int value = (bytes[position] & 0xff) | (bytes[position + 1] & 0xff) << 8;
    position += 2;
    return value;
  }

  @Override
  public int le32() {
    need(4);
    int value =
        (bytes[position] & 0xff)
            | (bytes[position + 1] & 0xff) << 8
            | (bytes[position + 2] & 0xff) << 16
            | (bytes[position + 3] & 0xff) << 24;
    position += 4;
    return value;
  }

  @Override
  public long le64() {
    return (le32() & 0xffffffffL) | (long) le32() << 32;
  }

  @Override
  public byte[] raw(int count) {
    need(count);
    byte[] value = Arrays.copyOfRange(bytes, position, position + count);
    position += count;
    return value;
  }

  /** Goes on without reading. */
  public Decoder skip(int count) {
    need(count);
    position += count;
    return this;
  }

  /** Without the copy that a {@link #blob} is. */
  @Override
  public String string() {
    int count = le32();
    need(count);
    if (count == 0) {
      return ""; // namespaces, mostly: one for all, as ids are kept for long
    }
    String value = new String(bytes, position, count, StandardCharsets.UTF_8);
    position += count;
    return value;
  }

  /** In the array, of the next byte. */
  public int position() {
    return position;
  }

  /** Bytes left. */
  public int remaining() {
    return limit - position;
  }

  @Override
  Decoder self() {
    return this;
  }

  @Override
  long place() {
    return position;
  }

  @Override
  long left() {
    return limit - position;
  }

  @Override
  Decoder goTo(long place) {
    position = (int) place;
    return this;
  }
}
