package io.sluice.bufferlist;

import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Looks at the bytes of a pipe, to check them, without consuming it and without mapping anew each
 * time: a small mapped memfd that is filled again and again.
 *
 * <pre>
 *   pipe --tee--> spare --splice--> window (memfd) == mapping --> CRC-32C
 * </pre>
 *
 * The kernel copies each byte into the window, hot in the cache when its checksum is taken (counted
 * as {@code memfd_window} and {@code crc}).
 *
 * <p><b>Threads:</b> one owner: each event loop has its own. <b>Owns</b> the memfd and its mapping;
 * the spare pipe is the pool's between two calls.
 */
public final class MemfdWindow implements AutoCloseable {
  /** Fits the second-level cache beside the pages it is filled from. */
  public static final int DEFAULT_BYTES = 256 << 10;

  private final PipePool pool;
  private final Memfd memfd;

  private MemfdWindow(PipePool pool, Memfd memfd) {
    this.pool = pool;
    this.memfd = memfd;
  }

  /** Makes and maps a memory file of so many bytes, the caller's to close. */
  public static MemfdWindow open(PipePool pool, int bytes) throws IOException {
    return new MemfdWindow(pool, Memfd.open(pool.sys(), "sluice-window", bytes));
  }

  /**
   * Feeds all bytes of the pipe, which keeps them, to the scanner.
   *
   * @return false, and the scanner saw nothing, when no spare pipe is to be had (counted): the
   *     caller drains the pipe into memory instead
   * @throws IOException when the kernel has no memory for the window; the scanner may have seen a
   *     part
   */
  public boolean scan(PipeSegment segment, ChecksumScanner scanner) throws IOException {
    Tripwire.touch(Inspection.CRC);
    Pipe[] spare = pool.tryAcquire(1, segment.meter());
    PipeSegment twin = spare == null ? null : segment.twinInto(spare[0]);
    if (twin == null) {
      return false;
    }
    try {
      while (twin.length() > 0) {
        int count = (int) Math.min(memfd.length(), twin.length());
        PipeReader.spliceInto(pool.sys(), twin, memfd.fd(), 0, count);
        ByteBuffer bytes = memfd.buffer().slice(0, count);
        scanner.update(bytes);
        segment.meter().copied(CopyMeter.Copy.MEMFD_WINDOW, count);
        segment.meter().read(Inspection.CRC, count);
      }
      return true;
    } finally {
      twin.release();
    }
  }

  /**
   * Feeds all bytes of the list, which keeps them; pipes that cannot be looked at become memory
   * (counted).
   *
   * @param payer counts what is read of memory and files; pipes have their own
   * @throws IOException as above, or when a file cannot be read
   */
  public void scan(BufferList list, ChecksumScanner scanner, CopyMeter payer) throws IOException {
    for (int i = 0; i < list.segments().size(); i++) {
      Segment segment = list.segments().get(i);
      if (segment instanceof PipeSegment pipe && !scan(pipe, scanner)) {
        segment = PipeReader.drain(list, i, pipe, Inspection.NO_PIPE);
      }
      if (segment instanceof MemorySegment memory) {
        scanner.update(memory.buffer());
        payer.read(Inspection.CRC, memory.length());
      } else if (segment instanceof FileSegment file) {
        SegmentReader.read(pool.sys(), file, scanner::update);
        payer.read(Inspection.CRC, file.length());
      }
    }
  }

  @Override
  public void close() {
    memfd.close();
  }

  @Override
  public String toString() {
    return "MemfdWindow[" + memfd.length() + "]";
  }
}
