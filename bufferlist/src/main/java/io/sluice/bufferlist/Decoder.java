package io.sluice.bufferlist;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.Function;

/**
 * Reads Ceph's little-endian encoding from a byte array; the twin of {@link Encoder}.
 *
 * <p>Everything that does not fit the bytes at hand throws {@link MalformedInputException}; lengths
 * and counts are checked before anything is allocated.
 *
 * <p><b>Threads:</b> one owner.
 */
public final class Decoder {
  /** A versioned struct being read: its version and where it ends. */
  public record Struct(int version, int end) {}

  private final byte[] bytes;
  private int position;
  private int limit;

  public Decoder(byte[] bytes) {
    this(bytes, 0, bytes.length);
  }

  public Decoder(byte[] bytes, int offset, int length) {
    if (offset < 0 || length < 0 || offset + length > bytes.length) {
      throw new IndexOutOfBoundsException(offset + "+" + length + " of " + bytes.length);
    }
    this.bytes = bytes;
    this.position = offset;
    this.limit = offset + length;
  }

  public int u8() {
    need(1);
    return bytes[position++] & 0xff;
  }

  public boolean bool() {
    return u8() != 0;
  }

  public int le16() {
    need(2);
    int value = (bytes[position] & 0xff) | (bytes[position + 1] & 0xff) << 8;
    position += 2;
    return value;
  }

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

  public long le64() {
    return (le32() & 0xffffffffL) | (long) le32() << 32;
  }

  public int be16() {
    return u8() << 8 | u8();
  }

  public byte[] raw(int count) {
    need(count);
    byte[] value = Arrays.copyOfRange(bytes, position, position + count);
    position += count;
    return value;
  }

  public Decoder skip(int count) {
    need(count);
    position += count;
    return this;
  }

  /** {@code le32 length | bytes}. */
  public byte[] blob() {
    return raw(le32());
  }

  /** {@code le32 length | UTF-8 bytes}. */
  public String string() {
    int count = le32();
    need(count);
    String value = new String(bytes, position, count, StandardCharsets.UTF_8);
    position += count;
    return value;
  }

  /** {@code le32 count | elements}; an element is at least one byte long. */
  public <T> List<T> list(Function<Decoder, T> each) {
    int count = count(1);
    List<T> elements = new ArrayList<>(Math.min(count, 1024));
    for (int i = 0; i < count; i++) {
      elements.add(each.apply(this));
    }
    return elements;
  }

  /**
   * Reads a le32 element count and checks that that many elements of at least {@code minBytes} can
   * follow.
   */
  public int count(int minBytes) {
    int count = le32();
    if (count < 0 || (long) count * minBytes > remaining()) {
      throw new MalformedInputException(
          "count " + Integer.toUnsignedString(count) + " with " + remaining() + " bytes left");
    }
    return count;
  }

  /**
   * Opens a versioned struct.
   *
   * @param known the newest version this code understands
   * @throws MalformedInputException when the writer's compat version is newer than that
   */
  public Struct begin(int known, String name) {
    int version = u8();
    int compat = u8();
    int length = le32();
    if (compat > known) {
      throw new MalformedInputException(
          name + " v" + version + " needs a reader of v" + compat + ", this one knows v" + known);
    }
    if (length < 0 || length > remaining()) {
      throw new MalformedInputException(
          name
              + " is "
              + Integer.toUnsignedString(length)
              + " bytes long with "
              + remaining()
              + " left");
    }
    return new Struct(version, position + length);
  }

  /** Closes a struct: skips what a newer writer added. */
  public Decoder end(Struct struct) {
    if (position > struct.end()) {
      throw new MalformedInputException(
          "read " + (position - struct.end()) + " bytes past the end of a struct");
    }
    position = struct.end();
    return this;
  }

  /** True while the struct has bytes left, for fields that newer versions added. */
  public boolean more(Struct struct) {
    return position < struct.end();
  }

  public int position() {
    return position;
  }

  public int remaining() {
    return limit - position;
  }

  private void need(int count) {
    if (count < 0 || count > limit - position) {
      throw new MalformedInputException(
          "needs " + Integer.toUnsignedString(count) + " bytes, has " + (limit - position));
    }
  }
}
