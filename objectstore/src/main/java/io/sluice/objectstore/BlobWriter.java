package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumScanner;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.FileSegment;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.PipeSegment;
import io.sluice.bufferlist.Segment;
import io.sluice.bufferlist.Sys;
import io.sluice.bufferlist.SystemCallException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;

/**
 * Brings the bytes of one list onto its disk extents, by the cheapest way each segment allows.
 *
 * <p>Aligned memory, mapped files included, is gathered into pwritev; pipes are spliced by a {@link
 * PipeDrain}; everything else - unaligned memory, other files, the odd bytes where segments meet
 * inside a block - goes through the <i>carry</i>, an aligned buffer that begins where the last
 * write ended and is written when it ends on a block boundary. The last partial block is padded
 * with zeros.
 *
 * <p><b>Threads:</b> one disk worker, which owns the writer and uses it for one list after the
 * other.
 */
final class BlobWriter implements AutoCloseable {
  /** Stays in the second-level cache between filling and writing. */
  private static final int CARRY_BYTES = 256 << 10;

  private final Sys sys;
  private final DataFiles files;
  private final CopyMeter meter;
  private final ByteBuffer carry;
  private final long carryAddress;
  private final Gather gather = new Gather();
  private final List<Segment> gathered = new ArrayList<>();
  private final PipeDrain drain;

  private ExtentCursor where;
  private ChecksumScanner scanner;
  private long length;
  private long written;
  private long gatheredBytes;
  private int carried;

  BlobWriter(DataFiles files, StoreConfig config) {
    this.sys = config.sys();
    this.files = files;
    this.meter = config.meter();
    int page = DiskExtent.BLOCK;
    this.carry =
        ByteBuffer.allocateDirect(CARRY_BYTES + page).alignedSlice(page).slice(0, CARRY_BYTES);
    this.carryAddress = DirectBuffers.addressOf(carry);
    this.drain = new PipeDrain(files, config, this);
  }

  /**
   * Writes all of it.
   *
   * @param data emptied; what could not be written stays in it, the caller's to close
   * @param toCompute where to count the checksums; null when they are known
   */
  void write(BufferList data, List<DiskExtent> to, ChecksumScanner toCompute) throws IOException {
    where = new ExtentCursor(to);
    length = data.length();
    scanner = toCompute;
    written = 0;
    carried = 0;
    try {
      while (!data.isEmpty()) {
        Segment segment = data.pollSegment();
        ByteBuffer memory = WriteRoute.memoryOf(segment);
        if (memory != null) {
          takeMemory(segment, memory);
        } else {
          take(segment);
        }
      }
      flushGather();
      flushTail();
    } finally {
      releaseGathered();
    }
  }

  private void take(Segment segment) throws IOException {
    try {
      flushGather();
      if (segment instanceof PipeSegment pipe) {
        drain.drain(pipe, where, scanner);
      } else {
        file((FileSegment) segment);
      }
    } finally {
      segment.release();
    }
  }

  /** Memory that is gathered must stay until it is written. */
  private void takeMemory(Segment segment, ByteBuffer bytes) throws IOException {
    boolean stays = false;
    try {
      memory(bytes);
      stays = !gather.isEmpty();
    } finally {
      if (stays) {
        gathered.add(segment);
      } else {
        segment.release();
      }
    }
  }

  private void memory(ByteBuffer bytes) throws IOException {
    if (scanner != null) {
      meter.read(Inspection.CRC, bytes.remaining());
      scanner.update(bytes);
    }
    if (carried > 0) {
      copyIn(bytes, Math.min(bytes.remaining(), toBoundary()));
    }
    if (carried == 0 && bytes.isDirect()) {
      long address = DirectBuffers.addressOf(bytes) + bytes.position();
      int count = bytes.remaining() / blockBytes() * blockBytes();
      if (address % files.alignment() == 0 && count > 0) {
        gather.add(address, count);
        gatheredBytes += count;
        bytes.position(bytes.position() + count);
      }
    }
    if (bytes.hasRemaining()) {
      flushGather();
      if (bytes.remaining() >= DiskExtent.BLOCK) {
        meter.fallback("unaligned_memory");
      }
      while (bytes.hasRemaining()) {
        copyIn(bytes, bytes.remaining());
      }
    }
  }

  private void copyIn(ByteBuffer bytes, int limit) throws IOException {
    int count = Math.min(limit, CARRY_BYTES - carried);
    carry.put(carried, bytes, bytes.position(), count);
    bytes.position(bytes.position() + count);
    carriedMore(count);
  }

  private void file(FileSegment segment) throws IOException {
    for (long done = 0; done < segment.length(); ) {
      long room = Math.min(carryRoom(), segment.length() - done);
      long count = sys.pread(segment.fd(), carryAddress + carried, room, segment.offset() + done);
      if (count == -Sys.EINTR) {
        continue;
      }
      if (count <= 0) {
        throw new SystemCallException(
            sys, "read of " + segment, count == 0 ? Sys.EIO : (int) -count);
      }
      filled((int) count, false);
      done += count;
    }
  }

  /** Address of the free part of the carry: memory that what fills it may write to. */
  long carryAddress() {
    return carryAddress + carried;
  }

  int carryRoom() {
    return CARRY_BYTES - carried;
  }

  boolean carries() {
    return carried > 0;
  }

  /**
   * Bytes from the end of the carry to the next block boundary; a whole block when it is on one.
   */
  int toBoundary() {
    return blockBytes() - (int) ((written + carried) % blockBytes());
  }

  /**
   * How many of the next {@code count} bytes are of the last partial block, which is counted apart.
   */
  int inTail(int count) {
    long end = written + carried + count;
    return (int) Math.max(0, Math.min(count, end - length / DiskExtent.BLOCK * DiskExtent.BLOCK));
  }

  /** The caller put that many bytes to {@link #carryAddress}, and has looked at them, or not. */
  void filled(int count, boolean scanned) throws IOException {
    if (scanner != null && !scanned) {
      meter.read(Inspection.CRC, count);
      scanner.update(carry.slice(carried, count));
    }
    carriedMore(count);
  }

  private void carriedMore(int count) throws IOException {
    carried += count;
    if (carried == CARRY_BYTES || (written + carried) % blockBytes() == 0) {
      flushCarry(carried);
    }
  }

  /** Blob offset of the next byte, when nothing is carried. */
  long position() {
    return written;
  }

  /** The caller brought that many bytes to disk by itself. */
  void advance(long count) {
    written += count;
  }

  private void flushGather() throws IOException {
    if (!gather.isEmpty()) {
      gather.flush(files, where, written);
      written += gatheredBytes;
      gatheredBytes = 0;
    }
    releaseGathered();
  }

  private void releaseGathered() {
    gather.clear();
    gatheredBytes = 0;
    gathered.forEach(Segment::release);
    gathered.clear();
  }

  private void flushTail() throws IOException {
    if (carried == 0) {
      return;
    }
    meter.tail.add(length % DiskExtent.BLOCK);
    int padded = Math.min(CARRY_BYTES, carried + toBoundary());
    for (int i = carried; i < padded; i++) {
      carry.put(i, (byte) 0);
    }
    flushCarry(padded);
  }

  private void flushCarry(int count) throws IOException {
    for (int done = 0; done < count; ) {
      long at = written + done;
      long part = Math.min(count - done, where.contiguous(at));
      files.write(carryAddress + done, part, where.disk(at));
      done += (int) part;
    }
    written += carried;
    carried = 0;
  }

  /** What writes must be multiples of: one byte in buffered mode. */
  private int blockBytes() {
    return files.direct() ? DiskExtent.BLOCK : 1;
  }

  @Override
  public void close() {
    drain.close();
  }
}
