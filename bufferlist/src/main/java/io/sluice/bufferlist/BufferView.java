package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;

/**
 * A look at the bytes of a list, for a reason that is counted: the one way to them that treats all
 * kinds of segments alike.
 *
 * <p>A segment is looked at when a byte of it is asked for: memory where it lies, a pipe through a
 * mapping that is made once and leaves the pipe whole, a file that is not mapped through memory of
 * the view. <b>Invariants:</b> good until the list changes or is closed; afterwards every call
 * throws. <b>Threads:</b> any number, while the owner leaves the list alone.
 */
public final class BufferView implements Comparable<BufferView> {
  private final BufferList list;
  private final Inspection reason;
  private final int changes;
  private final List<Segment> segments;

  /** Of what is not memory: made when it is asked for. */
  private ByteBuffer[] pieces;

  /** {@code starts[i]} = where segment i begins; one more for the end. */
  private final long[] starts;

  BufferView(BufferList list, Inspection reason) {
    this.list = list;
    this.reason = reason;
    segments = list.segments();
    int count = segments.size();
    changes = list.changes();
    starts = new long[count + 1];
    for (int i = 0; i < count; i++) {
      starts[i + 1] = starts[i] + segments.get(i).length();
    }
  }

  /** In bytes. Never inspects. */
  public long length() {
    return starts[starts.length - 1];
  }

  int count() {
    return starts.length - 1;
  }

  long startOf(int index) {
    return starts[index];
  }

  long lengthOf(int index) {
    return starts[index + 1] - starts[index];
  }

  BufferList list() {
    return list;
  }

  /** Which segment holds that byte; the last one's successor for the end. */
  int indexOf(long offset) {
    if (offset < 0 || offset > length()) {
      throw new IndexOutOfBoundsException(offset + " of " + length());
    }
    int low = 0;
    int high = count();
    while (low < high) {
      int middle = (low + high) >>> 1;
      if (starts[middle + 1] <= offset) {
        low = middle + 1;
      } else {
        high = middle;
      }
    }
    return low;
  }

  /** The bytes of one segment, little-endian, shared: nobody writes or moves its position. */
  ByteBuffer piece(int index) {
    if (list.changes() != changes) {
      throw new IllegalStateException("the list has changed since this look at it");
    }
    return segments.get(index) instanceof MemorySegment memory ? memory.view() : made(index);
  }

  private synchronized ByteBuffer made(int index) {
    if (pieces == null) {
      pieces = new ByteBuffer[starts.length - 1];
    }
    if (pieces[index] == null) {
      pieces[index] = bytesOf(index).order(ByteOrder.LITTLE_ENDIAN);
    }
    return pieces[index];
  }

  private ByteBuffer bytesOf(int index) {
    Segment segment = segments.get(index);
    if (segment instanceof PipeSegment pipe) {
      ByteBuffer mapped = pipe.map(reason);
      if (mapped != null) {
        return mapped;
      }
      segment = PipeReader.drain(list, index, pipe, reason);
    }
    if (segment instanceof MemorySegment memory) {
      return memory.buffer();
    }
    FileSegment file = (FileSegment) segment;
    ByteBuffer mapped = file.mapped();
    if (mapped == null) {
      byte[] bytes = new byte[Math.toIntExact(file.length())];
      SegmentReader.copy(Linux.instance(), file, bytes, 0);
      mapped = ByteBuffer.wrap(bytes).asReadOnlyBuffer();
    }
    return mapped;
  }

  /** One byte: inspects its segment, or throws IndexOutOfBoundsException. */
  public byte byteAt(long offset) {
    int index = indexOf(offset);
    if (index == count()) {
      throw new IndexOutOfBoundsException(offset + " of " + length());
    }
    return piece(index).get((int) (offset - starts[index]));
  }

  /** As many bytes from {@code offset} on as lie together, at most {@code max}; not copied. */
  public ByteBuffer contiguous(long offset, int max) {
    int index = indexOf(offset);
    if (index == count()) {
      return ByteBuffer.allocate(0);
    }
    int at = (int) (offset - starts[index]);
    return piece(index)
        .slice(at, (int) Math.min(max, lengthOf(index) - at))
        .asReadOnlyBuffer()
        .order(ByteOrder.LITTLE_ENDIAN);
  }

  /** Copies from {@code offset} on until {@code to} is full; its position moves. */
  public void copyTo(long offset, ByteBuffer to) {
    if (offset < 0 || offset > length() - to.remaining()) {
      throw new IndexOutOfBoundsException(offset + "+" + to.remaining() + " of " + length());
    }
    long at = offset;
    while (to.hasRemaining()) {
      ByteBuffer bytes = contiguous(at, to.remaining());
      at += bytes.remaining();
      to.put(bytes);
    }
  }

  /** A copy of {@code [offset, offset+count)}. */
  public byte[] bytes(long offset, int count) {
    byte[] bytes = new byte[count];
    copyTo(offset, ByteBuffer.wrap(bytes));
    return bytes;
  }

  /** Reads from the first byte on. */
  public BufferCursor cursor() {
    return new BufferCursor(this, 0);
  }

  /** Reads from that byte on; inspects nothing yet. */
  public BufferCursor cursor(long offset) {
    return new BufferCursor(this, offset);
  }

  /** Bytewise as unsigned, the shorter first when it is the other's beginning. */
  @Override
  public int compareTo(BufferView other) {
    long both = Math.min(length(), other.length());
    for (long at = 0; at < both; ) {
      ByteBuffer mine = contiguous(at, Integer.MAX_VALUE);
      ByteBuffer theirs = other.contiguous(at, mine.remaining());
      mine.limit(theirs.remaining());
      int differs = mine.mismatch(theirs);
      if (differs >= 0) {
        return Integer.compare(mine.get(differs) & 0xff, theirs.get(differs) & 0xff);
      }
      at += theirs.remaining();
    }
    return Long.compare(length(), other.length());
  }

  /** Same bytes; the lengths are compared first, which looks at none. */
  public boolean contentEquals(BufferView other) {
    return length() == other.length() && compareTo(other) == 0;
  }

  /** True when no byte differs from 0: inspects up to the first that does. */
  public boolean isZero() {
    for (int i = 0; i < count(); i++) {
      ByteBuffer bytes = piece(i);
      int at = 0;
      for (; at <= bytes.limit() - Long.BYTES; at += Long.BYTES) {
        if (bytes.getLong(at) != 0) {
          return false;
        }
      }
      for (; at < bytes.limit(); at++) {
        if (bytes.get(at) != 0) {
          return false;
        }
      }
    }
    return true;
  }

  /** CRC-32C of {@code [offset, offset+count)} with a raw seed. Not remembered. */
  public int crc32c(long offset, long count, int seed) {
    int crc = seed;
    for (long at = offset; at < offset + count; ) {
      ByteBuffer bytes = contiguous(at, (int) Math.min(Integer.MAX_VALUE, offset + count - at));
      if (!bytes.hasRemaining()) {
        throw new IndexOutOfBoundsException(offset + "+" + count + " of " + length());
      }
      crc = Crc32c.update(crc, bytes);
      at += bytes.remaining();
    }
    return crc;
  }

  /** All bytes as text: inspects. */
  public String utf8() {
    return new String(bytes(0, Math.toIntExact(length())), StandardCharsets.UTF_8);
  }

  /** All bytes as base64: inspects. */
  public String base64() {
    return Base64.getEncoder().encodeToString(bytes(0, Math.toIntExact(length())));
  }

  /** As {@code hexdump -C}: lines equal to the one before are one {@code *}. */
  public String hexdump() {
    return Hexdump.of(this);
  }

  @Override
  public boolean equals(Object other) {
    return other instanceof BufferView view && contentEquals(view);
  }

  @Override
  public int hashCode() {
    return Long.hashCode(length()); // without looking
  }

  @Override
  public String toString() {
    return "BufferView[" + reason + " of " + list + "]";
  }
}
