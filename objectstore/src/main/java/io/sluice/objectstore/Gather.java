package io.sluice.objectstore;

import io.sluice.bufferlist.DirectBuffers;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs of aligned memory that go to neighbouring bytes of a blob, written with as few system calls
 * as the kernel allows.
 *
 * <p><b>Threads:</b> one owner. The memory must stay until {@link #flush}.
 */
final class Gather {
  /** IOV_MAX. */
  private static final int IOVECS_MAX = 1024;

  private static final int IOVEC_BYTES = 16;

  private record Run(long address, long length) {}

  private final ByteBuffer iovecs =
      ByteBuffer.allocateDirect(IOVECS_MAX * IOVEC_BYTES).order(ByteOrder.nativeOrder());
  private final long iovecsAddress = DirectBuffers.addressOf(iovecs);
  private final List<Run> runs = new ArrayList<>();

  void add(long address, long length) {
    runs.add(new Run(address, length));
  }

  boolean isEmpty() {
    return runs.isEmpty();
  }

  void clear() {
    runs.clear();
  }

  /** Writes all runs, the first one to byte {@code at} of the blob. */
  void flush(DataFiles files, ExtentCursor where, long at) throws IOException {
    long to = at;
    int run = 0;
    long offset = 0;
    while (run < runs.size()) {
      int count = fill(run, offset, where.contiguous(to));
      long left = files.writev(iovecsAddress, count, where.disk(to));
      to += left;
      while (left > 0) {
        long rest = runs.get(run).length() - offset;
        if (left < rest) {
          offset += left;
          break;
        }
        left -= rest;
        run++;
        offset = 0;
      }
    }
    clear();
  }

  private int fill(int firstRun, long firstOffset, long room) {
    int count = 0;
    long offset = firstOffset;
    long left = room;
    for (int run = firstRun; run < runs.size() && count < IOVECS_MAX && left > 0; run++) {
      long length = Math.min(runs.get(run).length() - offset, left);
      iovecs.putLong(count * IOVEC_BYTES, runs.get(run).address() + offset);
      iovecs.putLong(count * IOVEC_BYTES + Long.BYTES, length);
      left -= length;
      offset = 0;
      count++;
    }
    return count;
  }
}
