package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.function.BiConsumer;

/**
 * Writes Ceph's little-endian encoding into contiguous chunks that become segments of a list; takes
 * payload in between without copying it.
 *
 * <p><b>Invariants:</b> a primitive never spans two chunks; bytes that were handed over to the list
 * are changed only through a {@link Hole} made before. <b>Threads:</b> one owner. <b>Owns</b> what
 * was written until {@link #finish}.
 */
public final class BufferAppender implements AutoCloseable {
  /** Room left open in what was written, for a count or length that is known later. */
  public static final class Hole {
    private final ByteBuffer chunk;
    private final int at;
    private final int bytes;

    private Hole(ByteBuffer chunk, int at, int bytes) {
      this.chunk = chunk;
      this.at = at;
      this.bytes = bytes;
    }

    /** Fills four bytes at {@code offset} in the hole. */
    public void le32(int offset, int value) {
      check(offset, Integer.BYTES);
      chunk.putInt(at + offset, value);
    }

    /** Fills that many bytes at {@code offset} in the hole with a copy. */
    public void raw(int offset, byte[] value) {
      check(offset, value.length);
      chunk.put(at + offset, value);
    }

    private void check(int offset, int count) {
      if (offset < 0 || offset > bytes - count) {
        throw new IndexOutOfBoundsException(offset + "+" + count + " of " + bytes);
      }
    }
  }

  /** A versioned struct being written. */
  public record Struct(Hole length, long start) {}

  private static final int LARGEST_CHUNK = 64 << 10;

  private final DirectBuffers buffers;
  private final BufferList list = new BufferList();
  private DirectBuffer lease;
  private ByteBuffer chunk;

  /** Where the bytes that are not in the list yet begin in the chunk. */
  private int start;

  private int nextChunk;
  private long flushed;

  /**
   * @param expectedBytes size of the first chunk
   */
  public BufferAppender(int expectedBytes) {
    this(null, expectedBytes);
  }

  private BufferAppender(DirectBuffers buffers, int expectedBytes) {
    this.buffers = buffers;
    this.nextChunk = Math.max(16, expectedBytes);
    this.chunk = ByteBuffer.allocate(0);
  }

  /** Chunks are page-aligned leases of direct memory, good for O_DIRECT; heap when spent. */
  public static BufferAppender pageAligned(DirectBuffers buffers, int pages) {
    return new BufferAppender(buffers, Math.multiplyExact(pages, DirectBuffers.SMALLEST));
  }

  private void room(int count) {
    if (chunk.remaining() < count) {
      nextChunk(count);
    }
  }

  private void nextChunk(int atLeast) {
    flush();
    endLease();
    int size = Math.max(nextChunk, atLeast);
    nextChunk = Math.max(nextChunk, Math.min(LARGEST_CHUNK, size * 2));
    lease = buffers == null || size > DirectBuffers.LARGEST ? null : buffers.tryAcquire(size);
    chunk =
        (lease == null ? ByteBuffer.allocate(size) : lease.buffer()).order(ByteOrder.LITTLE_ENDIAN);
    start = 0;
  }

  private MemorySegment whole;

  /** What was written since becomes a segment; the rest of the chunk is written on. */
  public BufferAppender flush() {
    int count = chunk.position() - start;
    if (count > 0) {
      if (lease != null && whole == null) {
        whole = lease.claimSegment(0, lease.capacity());
      }
      ByteBuffer written = chunk.duplicate().position(start).limit(chunk.position());
      list.claimAppend(whole == null ? MemorySegment.wrap(written) : whole.share(start, count));
      flushed += count;
      start = chunk.position();
    }
    return this;
  }

  private void endLease() {
    if (whole != null) {
      whole.release();
    } else if (lease != null) {
      lease.release();
    }
    whole = null;
    lease = null;
  }

  /** Bytes so far. */
  public long length() {
    return flushed + chunk.position() - start;
  }

  /** The low byte. */
  public BufferAppender u8(int value) {
    room(1);
    chunk.put((byte) value);
    return this;
  }

  /** One byte, 0 or 1. */
  public BufferAppender bool(boolean value) {
    return u8(value ? 1 : 0);
  }

  /** The low two bytes, little-endian. */
  public BufferAppender le16(int value) {
    room(2);
    chunk.putShort((short) value);
    return this;
  }

  /** Four bytes, little-endian. */
  public BufferAppender le32(int value) {
    room(4);
    chunk.putInt(value);
    return this;
  }

  /** Eight bytes, little-endian. */
  public BufferAppender le64(long value) {
    room(8);
    chunk.putLong(value);
    return this;
  }

  /** A copy of the bytes, without a length. */
  public BufferAppender raw(byte[] value) {
    return raw(value, 0, value.length);
  }

  /** A copy of a part of the bytes, without a length; may span two chunks. */
  public BufferAppender raw(byte[] value, int offset, int count) {
    int first = Math.min(count, chunk.remaining());
    chunk.put(value, offset, first);
    if (first < count) {
      room(count - first);
      chunk.put(value, offset + first, count - first);
    }
    return this;
  }

  /** So many bytes 0. */
  public BufferAppender zeros(int count) {
    return raw(new byte[count]);
  }

  /** {@code le32 length | bytes}, copied. */
  public BufferAppender blob(byte[] value) {
    return le32(value.length).raw(value);
  }

  /** {@code le32 length | UTF-8 bytes}. */
  public BufferAppender string(String value) {
    return blob(value.getBytes(StandardCharsets.UTF_8));
  }

  /** Takes over the bytes of {@code other}, without copying and without a length. */
  public BufferAppender claimRaw(BufferList other) {
    flush();
    flushed += other.length();
    list.claimAppend(other);
    return this;
  }

  /** {@code le32 length | bytes}: takes over the bytes of {@code other}. */
  public BufferAppender claimBlob(BufferList other) {
    return le32(Math.toIntExact(other.length())).claimRaw(other);
  }

  /** {@code le32 count | elements}. */
  public <T> BufferAppender list(Collection<T> elements, BiConsumer<BufferAppender, T> each) {
    le32(elements.size());
    for (T element : elements) {
      each.accept(this, element);
    }
    return this;
  }

  /** Leaves zeros to be filled later, in one piece. */
  public Hole hole(int bytes) {
    room(bytes);
    int at = chunk.position();
    for (int i = 0; i < bytes; i++) {
      chunk.put((byte) 0);
    }
    return new Hole(chunk, at, bytes);
  }

  /** Opens a versioned struct: {@code u8 struct_v | u8 struct_compat | le32 struct_len}. */
  public Struct begin(int structV, int structCompat) {
    u8(structV).u8(structCompat);
    Hole length = hole(Integer.BYTES);
    return new Struct(length, length());
  }

  /** Closes it: fills in its length. */
  public BufferAppender end(Struct struct) {
    struct.length().le32(0, Math.toIntExact(length() - struct.start()));
    return this;
  }

  /** Everything written, the caller's to close; holes must have been filled. */
  public BufferList finish() {
    flush();
    endLease();
    chunk = ByteBuffer.allocate(0);
    start = 0;
    flushed = 0;
    return new BufferList().claimAppend(list);
  }

  @Override
  public void close() {
    finish().close();
    list.close();
  }
}
