package io.sluice.bufferlist;

import java.nio.ByteBuffer;

/**
 * Reads Ceph's little-endian encoding from a list, across segments of any kind; the twin of {@link
 * Decoder}, which reads one array. Reading inspects, for the view's reason.
 *
 * <p><b>Threads:</b> one owner; any number of cursors read one view.
 */
public final class BufferCursor extends EncodedReader<BufferCursor> {
  private final BufferView view;
  private int index;
  private ByteBuffer piece;

  /** In the piece. */
  private int at;

  /** Where the piece ends; 0 while there is none. */
  private int limit;

  BufferCursor(BufferView view, long offset) {
    this.view = view;
    seek(offset);
  }

  /**
   * Goes to a byte, or to the end; inspects nothing.
   *
   * @throws IndexOutOfBoundsException when the list does not have it
   */
  public BufferCursor seek(long offset) {
    index = view.indexOf(offset);
    boolean atEnd = index == view.count();
    piece = null;
    limit = 0;
    at = atEnd ? 0 : (int) (offset - view.startOf(index));
    return this;
  }

  /** Of the next byte, from the list's first. */
  public long position() {
    return view.startOf(index) + at;
  }

  /** Bytes left. */
  public long remaining() {
    return view.length() - position();
  }

  /** Makes the current piece one that has a byte at {@code at}. */
  private ByteBuffer current() {
    if (piece == null) {
      begin(index);
    }
    if (at == limit) {
      begin(index + 1);
      at = 0;
    }
    return piece;
  }

  private void begin(int which) {
    piece = view.piece(which);
    limit = piece.limit();
    index = which;
  }

  private boolean together(int count) {
    return limit - at >= count;
  }

  /** The same, after the next piece was begun where this one is at its end. */
  private boolean togetherFromHere(int count) {
    need(count);
    current();
    return together(count);
  }

  @Override
  public int u8() {
    if (!together(1)) {
      need(1);
      current();
    }
    return piece.get(at++) & 0xff;
  }

  @Override
  public int le16() {
    if (together(2) || togetherFromHere(2)) {
      at += 2;
      return piece.getShort(at - 2) & 0xffff;
    }
    return u8() | u8() << 8;
  }

  @Override
  public int le32() {
    if (together(4) || togetherFromHere(4)) {
      at += 4;
      return piece.getInt(at - 4);
    }
    return u8() | u8() << 8 | u8() << 16 | u8() << 24;
  }

  @Override
  public long le64() {
    if (together(8) || togetherFromHere(8)) {
      at += 8;
      return piece.getLong(at - 8);
    }
    return le32() & 0xffffffffL | (long) le32() << 32;
  }

  @Override
  public byte[] raw(int count) {
    need(count);
    byte[] bytes = new byte[count];
    copy(ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** Fills {@code to} with a copy; its position moves. */
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
    int count = Math.min(max, limit - at);
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

  /** {@code le32 length | bytes}, shared. */
  public BufferList blobList() {
    return share(checkedLength(le32()));
  }

  private int checkedLength(int length) {
    need(length);
    return length;
  }

  @Override
  BufferCursor self() {
    return this;
  }

  @Override
  long place() {
    return position();
  }

  @Override
  long left() {
    return remaining();
  }

  @Override
  BufferCursor goTo(long place) {
    return seek(place);
  }

  @Override
  public String toString() {
    return "BufferCursor[" + position() + " of " + view.length() + "]";
  }
}
