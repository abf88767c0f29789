package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.List;

/**
 * The memory at the head of a list as an array of {@code struct iovec}, for gathering calls: direct
 * memory where it lies, heap memory copied together into a staging buffer.
 *
 * <pre>
 *   struct iovec { le64 base; le64 bytes }    native byte order
 * </pre>
 *
 * <p>Stops before the first segment that is not memory, at {@value #MAX} entries, and when the
 * staging buffer is full. <b>Threads:</b> one owner; what it points to is good while the list keeps
 * its segments.
 */
public final class Iovecs {
  /** IOV_MAX is 1024; a socket takes no more than this at once anyway. */
  public static final int MAX = 128;

  private static final int BYTES = 16;
  private static final int STAGING = 64 << 10;

  private final ByteBuffer entries =
      ByteBuffer.allocateDirect(MAX * BYTES).order(ByteOrder.nativeOrder());
  private final long address = DirectBuffers.addressOf(entries);
  private ByteBuffer staging;
  private long stagingAddress;
  private int count;
  private long bytes;

  /**
   * Gathers anew.
   *
   * @param skip bytes of the first segment that are done
   * @return bytes gathered; 0 when the first segment is not memory
   */
  public long gather(List<Segment> segments, long skip) {
    count = 0;
    bytes = 0;
    int staged = 0;
    int stagedFrom = 0;
    long done = skip;
    for (Segment segment : segments) {
      if (!(segment instanceof MemorySegment memory) || count >= MAX - 1) {
        break;
      }
      ByteBuffer view = memory.view();
      int length = view.capacity() - (int) done;
      if (view.isDirect()) {
        if (staged > stagedFrom) {
          put(stagingAddress + stagedFrom, staged - stagedFrom);
          stagedFrom = staged;
        }
        put(DirectBuffers.addressOf(view) + done, length);
      } else {
        int part = Math.min(length, STAGING - staged);
        staging().put(staged, view, (int) done, part);
        staged += part;
        if (part < length) {
          break;
        }
      }
      done = 0;
    }
    if (staged > stagedFrom) {
      put(stagingAddress + stagedFrom, staged - stagedFrom);
    }
    return bytes;
  }

  private ByteBuffer staging() {
    if (staging == null) {
      staging = ByteBuffer.allocateDirect(STAGING);
      stagingAddress = DirectBuffers.addressOf(staging);
    }
    return staging;
  }

  private void put(long base, int length) {
    entries.putLong(count * BYTES, base).putLong(count * BYTES + 8, length);
    count++;
    bytes += length;
  }

  /** Of the array. */
  public long address() {
    return address;
  }

  /** Entries. */
  public int count() {
    return count;
  }

  /** What they cover. */
  public long bytes() {
    return bytes;
  }

  /** Where entry {@code i} points. */
  public long base(int i) {
    return entries.getLong(i * BYTES);
  }

  /** Bytes of entry {@code i}. */
  public long length(int i) {
    return entries.getLong(i * BYTES + 8);
  }
}
