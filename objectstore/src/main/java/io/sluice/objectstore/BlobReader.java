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
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;

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

  /** From here on it is worth telling whoever sends the bytes what their checksum is. */
  private static final int VOUCHED_BYTES = 64 << 10;

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

  /** Some blocks of a range, and the memory that they are to be read into. */
  static final class Chunk {
    private final Range range;
    private final long from;
    private final ByteBuffer memory;
    private final DirectBuffer lease;

    private Chunk(Range range, long from, ByteBuffer memory, DirectBuffer lease) {
      this.range = range;
      this.from = from;
      this.memory = memory;
      this.lease = lease;
    }

    Range range() {
      return range;
    }

    /** Blob offset of the first block. */
    long from() {
      return from;
    }

    /** Of the memory; blocks, so a multiple of 4096 bytes. */
    int bytes() {
      return memory.capacity();
    }

    long address() {
      return DirectBuffers.addressOf(memory);
    }

    ByteBuffer memory() {
      return memory;
    }

    void release() {
      if (lease != null) {
        lease.release();
      }
    }

    /** Hands on those bytes that the range asks for. */
    void claimInto(BufferList to) {
      MemorySegment blocks =
          lease != null ? lease.claimSegment(0, bytes()) : MemorySegment.wrap(memory);
      long first = Math.max(from, range.offset());
      long end = Math.min(from + bytes(), range.offset() + range.length());
      MemorySegment part = blocks.share((int) (first - from), (int) (end - first));
      if (end - first >= VOUCHED_BYTES && hasWholeBlocks(first, end)) {
        part.vouch(range.checksums().slice(first, end - first).combined(Crc32c.SEED));
      }
      to.claimAppend(part);
      blocks.release();
    }

    /** Then nobody needs to read the bytes again who sends them: they have just been checked. */
    private boolean hasWholeBlocks(long first, long end) {
      return first % DiskExtent.BLOCK == 0
          && (end % DiskExtent.BLOCK == 0 || end == range.blob().length());
    }
  }

  /** Leases memory for the whole blocks of a range; the caller ends every chunk. */
  List<Chunk> chunks(Range range) {
    long end = range.offset() + range.length();
    List<Chunk> chunks = new ArrayList<>(1);
    long from = range.offset() / DiskExtent.BLOCK * DiskExtent.BLOCK;
    while (from < end) {
      long until = Math.min(DiskExtent.roundUp(end), from + CHUNK_BYTES);
      int count = (int) (until - from);
      DirectBuffer lease = buffers.tryAcquire(count);
      chunks.add(new Chunk(range, from, lease != null ? lease.buffer() : unpooled(count), lease));
      from = until;
    }
    return chunks;
  }

  /** Appends the range. What was appended before a failure stays in the list. */
  void read(Range range, Object object, BufferList to) throws StoreException {
    Deque<Chunk> chunks = new ArrayDeque<>(chunks(range));
    try {
      while (!chunks.isEmpty()) {
        readChecked(chunks.peek(), 1, object);
        chunks.poll().claimInto(to);
      }
    } finally {
      chunks.forEach(Chunk::release);
    }
  }

  /** After a first attempt that failed: reads again, as often as is left. Blocks on the disk. */
  void readAgain(Chunk chunk, Object object) throws StoreException {
    counters.reread();
    readChecked(chunk, 2, object);
  }

  private ByteBuffer unpooled(int count) {
    meter.fallback("no_read_buffer");
    return ByteBuffer.allocateDirect(count + DiskExtent.BLOCK)
        .alignedSlice(DiskExtent.BLOCK)
        .slice(0, count);
  }

  private void readChecked(Chunk chunk, int firstAttempt, Object object) throws StoreException {
    ExtentCursor where = new ExtentCursor(chunk.range().blob().disk());
    for (int attempt = firstAttempt; ; attempt++) {
      long bad = chunk.from();
      IOException failure = null;
      try {
        transfer(where, chunk.from(), chunk.memory());
        bad = firstBad(chunk);
        if (bad < 0) {
          return;
        }
      } catch (IOException e) {
        failure = e;
      }
      if (attempt == READS_MAX) {
        counters.readError();
        throw failed(chunk.range(), bad, where, failure, object);
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

  /** Blob offset of the first block that does not match its checksum, or -1. */
  long firstBad(Chunk chunk) {
    Range range = chunk.range();
    ByteBuffer memory = chunk.memory();
    long from = chunk.from();
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
      Range range, long bad, ExtentCursor where, IOException failure, Object object) {
    long objectOffset = Math.max(0, bad - range.offset()) + range.objectOffset();
    String place = object + " at " + objectOffset + " (" + files.where(where.disk(bad)) + ")";
    return failure != null
        ? new StoreException(StoreException.Kind.READ_ERROR, "cannot read " + place, failure)
        : new StoreException(StoreException.Kind.CORRUPT, "wrong checksum of " + place);
  }
}
