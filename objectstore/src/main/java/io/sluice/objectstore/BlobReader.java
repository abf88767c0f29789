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
import java.util.Comparator;
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
    long end() {
      return offset + length;
    }

    /** Where its first block begins. */
    long firstBlock() {
      return offset / DiskExtent.BLOCK * DiskExtent.BLOCK;
    }

    /** Of all its blocks. */
    long blockBytes() {
      return DiskExtent.roundUp(end()) - firstBlock();
    }

    /** True when {@code next} goes on where this one ends, in the blob and in the object. */
    boolean touches(Range next) {
      return end() == next.offset && objectOffset + length == next.objectOffset;
    }

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
    private final ExtentCursor where;
    private final long from;
    private final ByteBuffer memory;
    private final long address;
    private final MemorySegment blocks;

    private Chunk(Range range, ExtentCursor where, long from, Slab slab, int at, int count) {
      this.range = range;
      this.where = where;
      this.from = from;
      this.memory = slab.memory.slice(at, count);
      this.address = slab.address + at;
      this.blocks = slab.all.share(at, count);
    }

    Range range() {
      return range;
    }

    ExtentCursor where() {
      return where;
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
      return address;
    }

    ByteBuffer memory() {
      return memory;
    }

    void release() {
      blocks.release();
    }

    /** Hands on those bytes that the range asks for. */
    void claimInto(BufferList to) {
      long first = Math.max(from, range.offset());
      long end = Math.min(from + bytes(), range.end());
      MemorySegment part = blocks;
      if (end - first < bytes()) {
        part = blocks.share((int) (first - from), (int) (end - first));
        blocks.release();
      }
      if (end - first >= VOUCHED_BYTES && hasWholeBlocks(first, end)) {
        part.vouch(range.checksums().slice(first, end - first).combined(Crc32c.SEED));
      }
      to.claimAppend(part);
    }

    /** Then nobody needs to read the bytes again who sends them: they have just been checked. */
    private boolean hasWholeBlocks(long first, long end) {
      return first % DiskExtent.BLOCK == 0
          && (end % DiskExtent.BLOCK == 0 || end == range.blob().length());
    }
  }

  /** Memory that chunks share: it goes back when the last of them does. */
  private final class Slab implements AutoCloseable {
    private final ByteBuffer memory;
    private final long address;

    /** Nobody looks through it, or a share of it, before the blocks have come. */
    private final MemorySegment all;

    Slab(int bytes) {
      DirectBuffer lease = buffers.tryAcquire(bytes);
      memory = lease != null ? lease.buffer() : unpooled(bytes);
      address = lease != null ? lease.address() : DirectBuffers.addressOf(memory);
      all = lease != null ? lease.claimSegment(0, bytes) : MemorySegment.wrap(memory);
    }

    @Override
    public void close() {
      all.release();
    }
  }

  /**
   * Leases memory for the whole blocks of ranges that are read together; the caller ends every
   * chunk. Neighbours on disk get neighbouring memory, so that one run of memory takes them.
   *
   * @return the chunks of each range, in order
   */
  List<List<Chunk>> chunks(List<Range> ranges) {
    List<List<Chunk>> chunks = new ArrayList<>(ranges.size());
    ranges.forEach(range -> chunks.add(new ArrayList<>(1)));
    try {
      long bytes = 0;
      for (Range range : ranges) {
        bytes += range.blockBytes();
      }
      if (ranges.size() > 1 && bytes <= CHUNK_BYTES) {
        together(ranges, (int) bytes, chunks);
      } else {
        for (int i = 0; i < ranges.size(); i++) {
          alone(ranges.get(i), chunks.get(i));
        }
      }
    } catch (RuntimeException | Error e) {
      chunks.forEach(own -> own.forEach(Chunk::release));
      throw e;
    }
    return chunks;
  }

  private void together(List<Range> ranges, int bytes, List<List<Chunk>> chunks) {
    List<ExtentCursor> places = new ArrayList<>(ranges.size());
    List<Integer> order = new ArrayList<>(ranges.size());
    for (Range range : ranges) {
      order.add(places.size());
      places.add(new ExtentCursor(range.blob().disk()));
    }
    order.sort(Comparator.comparingLong(i -> places.get(i).disk(ranges.get(i).firstBlock())));
    try (Slab slab = new Slab(bytes)) {
      int at = 0;
      for (int i : order) {
        Range range = ranges.get(i);
        int count = (int) range.blockBytes();
        chunks.get(i).add(new Chunk(range, places.get(i), range.firstBlock(), slab, at, count));
        at += count;
      }
    }
  }

  private void alone(Range range, List<Chunk> chunks) {
    ExtentCursor where = new ExtentCursor(range.blob().disk());
    long first = range.firstBlock();
    long end = first + range.blockBytes();
    for (long from = first; from < end; from += CHUNK_BYTES) {
      int count = (int) Math.min(end - from, CHUNK_BYTES);
      try (Slab slab = new Slab(count)) {
        chunks.add(new Chunk(range, where, from, slab, 0, count));
      }
    }
  }

  /** Appends the range. What was appended before a failure stays in the list. */
  void read(Range range, Object object, BufferList to) throws StoreException {
    Deque<Chunk> chunks = new ArrayDeque<>(chunks(List.of(range)).get(0));
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
    ExtentCursor where = chunk.where();
    for (int attempt = firstAttempt; ; attempt++) {
      long bad = chunk.from();
      IOException failure = null;
      try {
        transfer(chunk);
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

  /** Brings the blocks if the page cache holds them all, without waiting for the disk. */
  boolean readNow(Chunk chunk) {
    ExtentCursor where = chunk.where();
    for (int done = 0; done < chunk.bytes(); ) {
      long at = chunk.from() + done;
      long part = Math.min(chunk.bytes() - done, where.contiguous(at));
      if (!files.pages().readNow(chunk.address() + done, part, where.disk(at))) {
        return false;
      }
      done += (int) part;
    }
    counters.readFromPages(chunk.bytes());
    return true;
  }

  private void transfer(Chunk chunk) throws IOException {
    ExtentCursor where = chunk.where();
    long from = chunk.from();
    for (int done = 0; done < chunk.bytes(); ) {
      long part = Math.min(chunk.bytes() - done, where.contiguous(from + done));
      files.read(chunk.address() + done, part, where.disk(from + done));
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
      int crc = Crc32c.update(Crc32c.SEED, memory, at, valid);
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
