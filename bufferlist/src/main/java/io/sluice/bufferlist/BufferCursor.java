package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;

/**
 * Reads Ceph's little-endian encoding from a list, across segments of any kind; the twin of {@link
 * Decoder}, which reads one array.
 *
 * <p>Everything that does not fit the bytes at hand throws {@link MalformedInputException}; lengths
 * and counts are checked before anything is allocated. <b>Threads:</b> one owner; any number of
 * cursors read one view.
 */
public final class BufferCursor {
  /** A versioned struct being read: its version and where it ends. */
  public record Struct(int version, long end) {}

  private final BufferView view;
  private int index;
  private ByteBuffer piece;

  /** In the piece. */
  private int at;

  BufferCursor(BufferView view, long offset) {
    this.view = view;
    seek(offset);
  }

  /** Goes to a byte, or to the end. */
  public BufferCursor seek(long offset) {
    index = view.indexOf(offset);
    boolean atEnd = index == view.count();
    piece = null;
    at = atEnd ? 0 : (int) (offset - view.startOf(index));
    return this;
  }

  public long position() {
    return view.startOf(index) + at;
  }

  public long remaining() {
    return view.length() - position();
  }

  /** Makes the current piece one that has a byte at {@code at}. */
  private ByteBuffer current() {
    if (piece == null) {
      piece = view.piece(index);
    }
    if (at == piece.limit()) {
      piece = view.piece(++index);
      at = 0;
    }
    return piece;
  }

  private boolean together(int count) {
    return piece != null && piece.limit() - at >= count;
  }

  /** The same, after the next piece was begun where this one is at its end. */
  private boolean togetherFromHere(int count) {
    need(count);
    current();
    return together(count);
  }

  public int u8() {
    if (!together(1)) {
      need(1);
      current();
    }
    return piece.get(at++) & 0xff;
  }

  public boolean bool() {
    return u8() != 0;
  }

  public int le16() {
    if (together(2) || togetherFromHere(2)) {
      at += 2;
      return piece.getShort(at - 2) & 0xffff;
    }
    return u8() | u8() << 8;
  }

  public int be16() {
    need(2);
    return u8() << 8 | u8();
  }

  public int le32() {
    if (together(4) || togetherFromHere(4)) {
      at += 4;
      return piece.getInt(at - 4);
    }
    return u8() | u8() << 8 | u8() << 16 | u8() << 24;
  }

  public long le64() {
    if (together(8) || togetherFromHere(8)) {
      at += 8;
      return piece.getLong(at - 8);
    }
    return le32() & 0xffffffffL | (long) le32() << 32;
  }

  /** A copy of the next bytes. */
  public byte[] raw(int count) {
    need(count);
    byte[] bytes = new byte[count];
    copy(ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** Fills {@code to}; its position moves. */
  public BufferCursor copy(ByteBuffer to) {
    need(to.remaining());
    while (to.hasRemaining()) {
      to.put(contiguous(to.remaining()));
    }
    return this;
  }

  /** As many of the next bytes as lie together, 1 to {@code max}, not copied. */
  public ByteBuffer contiguous(int max) {
    need(1);
    ByteBuffer bytes = current();
    int count = Math.min(max, bytes.limit() - at);
    at += count;
    return bytes.slice(at - count, count).asReadOnlyBuffer().order(bytes.order());
  }

  /** The next bytes as a list of another owner, not copied: see {@link BufferList#slice}. */
  public BufferList share(long count) {
    need(count);
    BufferList part = view.list().slice(position(), count);
    skip(count);
    return part;
  }

  /**
   * Goes on without reading.
   *
   * @throws MalformedInputException when there are fewer; the cursor is at the end then
   */
  public BufferCursor skip(long count) {
    if (count < 0 || count > remaining()) {
      long had = remaining();
      seek(view.length());
      throw new MalformedInputException("skips " + count + " bytes of " + had);
    }
    if (together((int) Math.min(Integer.MAX_VALUE, count))) {
      at += (int) count;
      return this;
    }
    return seek(position() + count);
  }

  /** CRC-32C of the next bytes, with a raw seed. */
  public int crc32c(long count, int seed) {
    need(count);
    int crc = view.crc32c(position(), count, seed);
    skip(count);
    return crc;
  }

  /** {@code le32 length | bytes}, copied. */
  public byte[] blob() {
    return raw(le32());
  }

  /** {@code le32 length | bytes}, shared. */
  public BufferList blobList() {
    return share(checkedLength(le32()));
  }

  private int checkedLength(int length) {
    need(length);
    return length;
  }

  /** {@code le32 length | UTF-8 bytes}. */
  public String string() {
    return new String(blob(), StandardCharsets.UTF_8);
  }

  /** {@code le32 count | elements}; an element is at least one byte long. */
  public <T> List<T> list(Function<BufferCursor, T> each) {
    int count = count(1);
    List<T> elements = new ArrayList<>(Math.min(count, 1024));
    for (int i = 0; i < count; i++) {
      elements.add(each.apply(this));
    }
    return elements;
  }

  /** Reads a le32 count and checks that that many elements of {@code minBytes} can follow. */
  public int count(int minBytes) {
    int count = le32();
    if (count < 0 || (long) count * minBytes > remaining()) {
      throw new MalformedInputException(
          "count " + Integer.toUnsignedString(count) + " with " + remaining() + " bytes left");
    }
    return count;
  }

  /**
   * Opens a versioned struct: {@code u8 struct_v | u8 struct_compat | le32 struct_len}.
   *
   * @param known the newest version this code understands
   * @throws MalformedInputException when the writer's compat version is newer than that, or the
   *     struct longer than what is left
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
      String text = Integer.toUnsignedString(length) + " bytes long with " + remaining();
      throw new MalformedInputException(name + " is " + text + " left");
    }
    return new Struct(version, position() + length);
  }

  /** Closes a struct: skips what a newer writer added. */
  public BufferCursor end(Struct struct) {
    if (position() > struct.end()) {
      throw new MalformedInputException(
          "read " + (position() - struct.end()) + " bytes past the end of a struct");
    }
    return seek(struct.end());
  }

  /** True while the struct has bytes left, for fields that newer versions added. */
  public boolean more(Struct struct) {
    return position() < struct.end();
  }

  private void need(long count) {
    if (count < 0 || count > remaining()) {
      throw new MalformedInputException("needs " + count + " bytes, has " + remaining());
    }
  }

  @Override
  public String toString() {
    return "BufferCursor[" + position() + " of " + view.length() + "]";
  }
}
