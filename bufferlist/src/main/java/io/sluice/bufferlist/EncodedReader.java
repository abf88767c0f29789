package io.sluice.bufferlist;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads Ceph's little-endian encoding from a source of bytes: what is made of the primitives, the
 * same for an array ({@link Decoder}) and a list ({@link BufferCursor}).
 *
 * <pre>
 *   string, blob  le32 length | bytes
 *   list          le32 count | elements
 *   struct        u8 struct_v | u8 struct_compat | le32 struct_len | struct_len bytes
 * </pre>
 *
 * <p>Everything that does not fit the bytes at hand throws {@link MalformedInputException}; lengths
 * and counts are checked before anything is allocated. <b>Threads:</b> one owner. (ceph:
 * include/encoding.h)
 *
 * @param <R> the reader itself
 */
public abstract sealed class EncodedReader<R extends EncodedReader<R>>
    permits BufferCursor, Decoder {
  private static final int FIRST_ELEMENTS = 1024;

  /** A versioned struct being read: its version and the place in the source where it ends. */
  public record Struct(int version, long end) {}

  EncodedReader() {}

  abstract R self();

  /** Bytes of the source before the next one. */
  abstract long place();

  /** Bytes that can be read. */
  abstract long left();

  /** Goes on at a place behind this one, which is in the source. */
  abstract R goTo(long place);

  /** One byte, 0 to 255. */
  public abstract int u8();

  /** Two bytes, little-endian, 0 to 65535. */
  public abstract int le16();

  /** Four bytes, little-endian. */
  public abstract int le32();

  /** Eight bytes, little-endian. */
  public abstract long le64();

  /** A copy of the next {@code count} bytes, the caller's. */
  public abstract byte[] raw(int count);

  /** One byte; anything but 0 is true. */
  public final boolean bool() {
    return u8() != 0;
  }

  /** Two bytes, big-endian, 0 to 65535, as ports of socket addresses are. */
  public final int be16() {
    need(2);
    return u8() << 8 | u8();
  }

  /** {@code le32 length | bytes}: a copy, the caller's. */
  public final byte[] blob() {
    return raw(le32());
  }

  /** {@code le32 length | UTF-8 bytes}. */
  public String string() {
    return new String(blob(), StandardCharsets.UTF_8);
  }

  /** {@code le32 count | elements}; an element is at least one byte long. */
  public final <T> List<T> list(Function<R, T> each) {
    int count = count(1);
    List<T> elements = new ArrayList<>(Math.min(count, FIRST_ELEMENTS));
    for (int i = 0; i < count; i++) {
      elements.add(each.apply(self()));
    }
    return elements;
  }

  /**
   * Reads a le32 count and checks that that many elements of at least {@code minBytes} can follow.
   */
  public final int count(int minBytes) {
    int count = le32();
    if (count < 0 || (long) count * minBytes > left()) {
      throw new MalformedInputException(
          "count " + Integer.toUnsignedString(count) + " with " + left() + " bytes left");
    }
    return count;
  }

  /**
   * Opens a versioned struct.
   *
   * @param known the newest version this code understands
   * @param name for the error's text
   * @throws MalformedInputException when the writer's compat version is newer than that, or the
   *     struct longer than what is left
   */
  public final Struct begin(int known, String name) {
    int version = u8();
    int compat = u8();
    int length = le32();
    if (compat > known) {
      throw new MalformedInputException(
          name + " v" + version + " needs a reader of v" + compat + ", this one knows v" + known);
    }
    if (length < 0 || length > left()) {
      String text = Integer.toUnsignedString(length) + " bytes long with " + left();
      throw new MalformedInputException(name + " is " + text + " left");
    }
    return new Struct(version, place() + length);
  }

  /**
   * Closes a struct: skips what a newer writer added.
   *
   * @throws MalformedInputException when more was read than the struct has
   */
  public final R end(Struct struct) {
    if (place() > struct.end()) {
      throw new MalformedInputException(
          "read " + (place() - struct.end()) + " bytes past the end of a struct");
    }
    return goTo(struct.end());
  }

  /** True while the struct has bytes left, for fields that newer versions added. */
  public final boolean more(Struct struct) {
    return place() < struct.end();
  }

  final void need(long count) {
    if (count < 0 || count > left()) {
      throw new MalformedInputException(
          "needs " + (count < 0 ? count & 0xffffffffL : count) + " bytes, has " + left());
    }
  }
}
