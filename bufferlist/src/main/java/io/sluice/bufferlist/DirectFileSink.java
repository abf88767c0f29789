package io.sluice.bufferlist;

import java.nio.ByteBuffer;
import java.util.List;

/**
 * A file opened with O_DIRECT: aligned pages of pipes go to the disk untouched; what is not aligned
 * goes through a small aligned buffer.
 *
 * <pre>
 *   file   |== written ==|-- carry --|          carry begins at a block boundary of the file
 *                        ^ position
 * </pre>
 *
 * <p>A splice that meets a misaligned page fragment is refused as a whole (EINVAL) and consumes
 * nothing: {@link BadBlockFinder} says which blocks those are; they are read. The last partial
 * block is padded with zeros (counted as tail): the block is the caller's.
 *
 * <p><b>Invariants:</b> {@code position} is a multiple of the alignment; what is carried was taken,
 * but is not written: {@link #claimHeld} gives it back. <b>Threads:</b> one owner.
 */
final class DirectFileSink implements Sink {
  private static final int CARRY_BYTES = 128 << 10;

  private final Sys sys;
  private final CopyMeter meter;
  private final Endpoint to;
  private final int block;
  private final FileRelay relay;
  private final PipePool pool;
  private ByteBuffer carry;
  private long carryAddress;
  private int carried;
  private long position;
  private PipeSegment current;
  private final BadBlockFinder finder;

  DirectFileSink(PipePool pool, CopyMeter meter, Endpoint to) {
    if (to.offset() % to.alignment() != 0) {
      throw new IllegalArgumentException(to + " is not aligned to " + to.alignment());
    }
    this.pool = pool;
    this.sys = pool.sys();
    this.meter = meter;
    this.to = to;
    this.block = to.alignment();
    this.finder = new BadBlockFinder(block);
    this.relay = new FileRelay(pool, meter);
    this.position = to.offset();
  }

  @Override
  public long take(List<Segment> segments, long skip, boolean more) {
    Segment head = segments.get(0);
    if (carried == CARRY_BYTES) {
      long written = writeCarried(carried);
      if (written < 0) {
        return written;
      }
    }
    if (head instanceof PipeSegment pipe) {
      return pipe(pipe);
    }
    return head instanceof FileSegment file ? file(file, skip) : memory((MemorySegment) head, skip);
  }

  private long pipe(PipeSegment pipe) {
    if (pipe != current) {
      current = pipe;
      finder.begin();
    }
    long whole = pipe.length() - pipe.length() % block;
    if (carried % block != 0 || whole == 0 || finder.givenUp()) {
      return read(pipe, toBoundary(pipe.length()));
    }
    if (carried > 0) {
      long written = writeCarried(carried);
      if (written < 0) {
        return written;
      }
    }
    if (!finder.headIsBad(block)) {
      long count = finder.next(whole, block);
      long moved =
          sys.splice(pipe.pipe().readEnd(), -1, to.fd(), position, count, Sys.SPLICE_F_MOVE);
      if (moved > 0) {
        finder.moved(moved);
        return spliced(pipe, moved);
      }
      if (moved != -Sys.EINVAL) {
        return moved;
      }
      finder.refused(count);
      if (!finder.headIsBad(block)) {
        return -Sys.EINTR; // nothing was consumed: again, with less
      }
    }
    finder.skipHead(meter);
    return read(pipe, block);
  }

  private long spliced(PipeSegment pipe, long moved) {
    pipe.consumed(moved);
    long whole = moved - moved % block;
    position += whole;
    meter.direct.add(whole);
    // A short count inside a block cannot be taken back: its bytes are on the disk, and read again.
    return whole == moved ? moved : reread(moved, (int) (moved - whole));
  }

  /** The head of a block that was written in part goes to the carry. */
  private long reread(long moved, int count) {
    long got = sys.pread(to.fd(), carryAt(0), block, position);
    if (got < count) {
      return got < 0 ? got : -Sys.EIO;
    }
    carried = count;
    return moved;
  }

  /** So many bytes that the carry ends at a block boundary again, or as many as there is room. */
  private long toBoundary(long available) {
    int inBlock = carried % block;
    long wanted = inBlock != 0 && !finder.givenUp() ? block - inBlock : available;
    return Math.min(wanted, Math.min(available, CARRY_BYTES - carried));
  }

  private long read(PipeSegment pipe, long count) {
    long got = sys.read(pipe.pipe().readEnd(), carryAt(carried), count);
    if (got > 0) {
      pipe.consumed(got);
      carried += (int) got;
      meter.copied(CopyMeter.Copy.RECV, got);
    }
    return got;
  }

  private long memory(MemorySegment memory, long skip) {
    ByteBuffer view = memory.view();
    int left = view.capacity() - (int) skip;
    if (carried == 0 && left >= block && view.isDirect()) {
      long address = DirectBuffers.addressOf(view) + skip;
      if (address % block == 0) {
        long count = sys.pwrite(to.fd(), address, left - left % block, position);
        long whole = count - Math.max(0, count % block);
        position += Math.max(0, whole);
        return count > 0 && whole == 0 ? -Sys.EIO : whole;
      }
    }
    int count = Math.min(left, CARRY_BYTES - carried);
    carryAt(carried);
    carry.put(carried, view, (int) skip, count);
    carried += count;
    return count;
  }

  private long file(FileSegment file, long skip) {
    long left = file.length() - skip;
    Pipe[] spare = carried == 0 && left >= block ? pool.tryAcquire(1, meter) : null;
    if (spare != null) {
      PipeSegment pipe = relay.fill(spare[0], file, skip, left - left % block);
      if (pipe != null) {
        try {
          long whole = pipe.length() - pipe.length() % block;
          long moved =
              whole == 0
                  ? -Sys.EINVAL
                  : sys.splice(pipe.pipe().readEnd(), -1, to.fd(), position, whole, 0);
          if (moved > 0) {
            return spliced(pipe, moved);
          }
          if (moved != -Sys.EINVAL) {
            return moved;
          }
        } finally {
          pipe.release();
        }
      }
    }
    long room = Math.min(left, CARRY_BYTES - carried);
    return copied(file, skip, (int) room);
  }

  private long copied(FileSegment file, long skip, int room) {
    ByteBuffer mapped = file.mapped();
    if (mapped == null) {
      TransferBuffer transfer = TransferBuffer.get();
      int count = Math.min(room, TransferBuffer.BYTES);
      long got = sys.pread(file.fd(), transfer.address(), count, file.offset() + skip);
      if (got <= 0) {
        return got;
      }
      carryAt(carried);
      carry.put(carried, transfer.first((int) got), 0, (int) got);
      carried += (int) got;
      return got;
    }
    carryAt(carried);
    carry.put(carried, mapped, (int) skip, room);
    carried += room;
    return room;
  }

  private long carryAt(int at) {
    if (carry == null) {
      carry = DirectBuffers.pages(CARRY_BYTES);
      carryAddress = DirectBuffers.addressOf(carry);
    }
    return carryAddress + at;
  }

  /** Writes {@code count} carried bytes, whole blocks; 0, or -errno with the rest still carried. */
  private long writeCarried(int count) {
    int done = 0;
    while (done < count) {
      long written = sys.pwrite(to.fd(), carryAt(done), count - done, position);
      if (written == -Sys.EINTR) {
        continue;
      }
      long whole = written - Math.max(0, written % block);
      if (whole <= 0) {
        keep(done);
        return written < 0 ? written : -Sys.EIO;
      }
      position += whole;
      done += (int) whole;
    }
    keep(done);
    return 0;
  }

  private void keep(int done) {
    int left = Math.max(0, carried - done);
    carry.put(0, carry.slice(done, left), 0, left);
    carried = left;
  }

  @Override
  public long flush() {
    if (carried == 0) {
      return 0;
    }
    int tail = carried % block;
    int padded = tail == 0 ? carried : carried + block - tail;
    carryAt(0);
    for (int i = carried; i < padded; i++) {
      carry.put(i, (byte) 0);
    }
    long status = writeCarried(padded);
    if (status == 0) {
      meter.tail.add(tail);
    }
    return status;
  }

  @Override
  public long held() {
    return carried;
  }

  @Override
  public MemorySegment claimHeld() {
    if (carried == 0) {
      return null;
    }
    byte[] bytes = new byte[carried];
    carry.get(0, bytes);
    carried = 0;
    return MemorySegment.wrap(ByteBuffer.wrap(bytes));
  }
}
