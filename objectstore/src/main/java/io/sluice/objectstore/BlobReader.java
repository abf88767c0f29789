package io.sluice.objectstore;

import io.sluice.bufferlist.BufferList;
import io.sluice.bufferlist.ChecksumVector;
import io.sluice.bufferlist.CopyMeter;
import io.sluice.bufferlist.Crc32c;
import io.sluice.bufferlist.DirectBuffer;
import io.sluice.bufferlist.DirectBuffers;
import io.sluice.bufferlist.Inspection;
import io.sluice.bufferlist.MemorySegment;
import java.io.IOException;
import java.nio.ByteBuffer;

/**
 * Reads whole blocks of a blob into aligned memory, checks every one, and cuts out what was asked
 * for.
 *
 * <p>A block that cannot be read or does not match its checksum is read again, {@value #READS_MAX}
 * times in all: kernels have handed out pages of zeros under memory pressure, and once more was
 * nearly always enough.
 *
 * <p><b>Threads:</b> any; blocks on the disk.
 */
final class BlobReader {
  private static final int READS_MAX = 4;

  /** One buffer of the pool: a 4 MiB object is four reads and four segments. */
  static final int CHUNK_BYTES = 1 << 20;

  /**
   * What to read.
   *
   * @param objectOffset where the range lies in the object, for messages
   */
  record Range(Blob blob, ChecksumVector checksums, long offset, long length, long objectOffset) {
    /** Its first {@code count} bytes. */
    Range first(long count) {
      return new Range(blob, checksums, offset, count, objectOffset);
    }

    /** Without its first {@code count} bytes. */
    Range from(long count) {
      return new Range(blob, checksums, offset + count, length - count, objectOffset + count);
    }
  }

  private final DataFiles files;
  private final DirectBuffers buffers;
  private final CopyMeter meter;
  private final StoreCounters counters;

  BlobReader(DataFiles files, DirectBuffers buffers, CopyMeter meter, StoreCounters counters) {
    this.files = files;
    this.buffers = buffers;
    this.meter = meter;
    this.counters = counters;
  }

  /** Appends the range. What was appended before a failure stays in the list. */
  void read(Range range, String object, BufferList to) throws StoreException {
    long end = range.offset() + range.length();
    long from = range.offset() / DiskExtent.BLOCK * DiskExtent.BLOCK;
    while (from < end) {
      long until = Math.min(DiskExtent.roundUp(end), from + CHUNK_BYTES);
      MemorySegment blocks = readBlocks(range, from, (int) (until - from), object);
      long first = Math.max(from, range.offset());
      to.claimAppend(blocks.share((int) (first - from), (int) (Math.min(until, end) - first)));
      blocks.release();
      from = until;
    }
  }

  private MemorySegment readBlocks(Range range, long from, int count, String object)
      throws StoreException {
    DirectBuffer lease = buffers.tryAcquire(count);
    ByteBuffer memory = lease != null ? lease.buffer() : unpooled(count);
    try {
      readChecked(range, from, memory, object);
    } catch (StoreException | RuntimeException e) {
      if (lease != null) {
        lease.release();
      }
      throw e;
    }
    return lease != null ? lease.claimSegment(0, count) : MemorySegment.wrap(memory);
  }

  private ByteBuffer unpooled(int count) {
    meter.fallback("no_read_buffer");
    return ByteBuffer.allocateDirect(count + DiskExtent.BLOCK)
        .alignedSlice(DiskExtent.BLOCK)
        .slice(0, count);
  }

  private void readChecked(Range range, long from, ByteBuffer memory, String object)
      throws StoreException {
    ExtentCursor where = new ExtentCursor(range.blob().disk());
    for (int attempt = 1; ; attempt++) {
      long bad = from;
      IOException failure = null;
      try {
        transfer(where, from, memory);
        bad = firstBad(range, from, memory);
        if (bad < 0) {
          return;
        }
      } catch (IOException e) {
        failure = e;
      }
      if (attempt == READS_MAX) {
        counters.readError();
        throw failed(range, bad, where, failure, object);
      }
      counters.reread();
    }
  }

  private void transfer(ExtentCursor where, long from, ByteBuffer memory) throws IOException {
    long address = DirectBuffers.addressOf(memory);
    for (int done = 0; done < memory.capacity(); ) {
      long part = Math.min(memory.capacity() - done, where.contiguous(from + done));
      files.read(address + done, part, where.disk(from + done));
      done += (int) part;
    }
  }

  /** Blob offset of the first block that does not match, or -1. */
  private long firstBad(Range range, long from, ByteBuffer memory) {
    int[] crcs = range.checksums().crcs();
    long length = range.blob().length();
    meter.read(Inspection.CRC, Math.min(memory.capacity(), length - from));
    for (int at = 0; at < memory.capacity(); at += DiskExtent.BLOCK) {
      int valid = (int) Math.min(DiskExtent.BLOCK, length - from - at);
      int crc = Crc32c.update(Crc32c.SEED, memory.slice(at, valid));
      if (crc != crcs[(int) ((from + at) / DiskExtent.BLOCK)]) {
        return from + at;
      }
    }
    return -1;
  }

  private StoreException failed(
      Range range, long bad, ExtentCursor where, IOException failure, String object) {
    long objectOffset = Math.max(0, bad - range.offset()) + range.objectOffset();
    String place = object + " at " + objectOffset + " (" + files.where(where.disk(bad)) + ")";
    return failure != null
        ? new StoreException(StoreException.Kind.READ_ERROR, "cannot read " + place, failure)
        : new StoreException(StoreException.Kind.CORRUPT, "wrong checksum of " + place);
  }
}
